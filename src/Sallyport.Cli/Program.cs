using Sallyport.Cli.Commands;

return await SallyportCommand.Create().Parse(args).InvokeAsync();
