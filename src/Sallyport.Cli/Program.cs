using System.CommandLine;
using Sallyport.Cli;
using Sallyport.Cli.Commands;

// Draining may take longer than the command line library would wait before it ends the process: signals are each command's own.
var signalsAreOurs = new InvocationConfiguration { ProcessTerminationTimeout = null };
var parsed = SallyportCommand.Create().Parse(args);
return parsed.Errors.Count > 0 ? UsageError.Show(parsed) : await parsed.InvokeAsync(signalsAreOurs);
