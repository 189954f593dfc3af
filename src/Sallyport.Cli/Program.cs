using Sallyport.Cli;
using Sallyport.Cli.Commands;

var parsed = SallyportCommand.Create().Parse(args);
return parsed.Errors.Count > 0 ? UsageError.Show(parsed) : await parsed.InvokeAsync();
