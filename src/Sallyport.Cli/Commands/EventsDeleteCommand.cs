using System.CommandLine;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport events delete URL</c>.</summary>
internal static class EventsDeleteCommand
{
    public static Command Create()
    {
        var command = new Command("delete", "Delete a stream with all its events.");
        var way = new EventsWay(command);
        command.SetAction((line, cancellation) => way.RunAsync(line, async client =>
        {
            await client.DeleteAsync(cancellation);
            if (way.IsJson(line)) Console.Out.WriteLine("""{"deleted":true}""");
            else Console.Error.WriteLine("deleted");
            return ExitCode.Good;
        }));
        return command;
    }
}
