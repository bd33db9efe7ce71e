using DagmmStream.Cli;
using DagmmStream.Cli.Terminal;

return await DagmmCommand.RunAsync(args, new CliConsole(Console.Out, Console.Error));
