using System.CommandLine;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport events create URL</c>.</summary>
internal static class EventsCreateCommand
{
    public static Command Create()
    {
        var command = new Command("create", "Create a stream; one that stands already is no error.");
        var way = new EventsWay(command);
        command.SetAction((line, cancellation) => way.RunAsync(line, async client =>
        {
            var isNew = await client.CreateAsync(cancellation);
            if (way.IsJson(line)) Console.Out.WriteLine($$"""{"created":{{(isNew ? "true" : "false")}}}""");
            else Console.Error.WriteLine(isNew ? "created" : "stands already");
            return ExitCode.Good;
        }));
        return command;
    }
}
