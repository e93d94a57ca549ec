using System;
using System.Management.Automation;

namespace PandoraSync.Host;

internal static class Program
{
    private const string Help = """
        pandorasync: PowerShell with the PandoraSync module loaded, for machines without pwsh.

          pandorasync                                   a prompt; where input is redirected, as -Command -
          pandorasync [-NonInteractive] -Command <text> runs the text; "-" reads a script from standard input
          pandorasync [-NonInteractive] [-File] <script.ps1> [arguments]
          pandorasync -Version | -Help

        -NonInteractive makes an error of everything that would ask for input. -c, -f, -noni, -v and -h are short for the options.
        Exit codes: that of "exit n"; 0; 1 after an error that ended the script, or when -Command's last statement failed;
        64 for a wrong command line or a missing script; 130 after Ctrl+C.

        """;

    private static int Main(string[] arguments)
    {
        // The engine would report module names to its makers; a monitoring host does not.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        try
        {
            var options = CommandLine.Parse(arguments);
            switch (options.Action)
            {
                case HostAction.Help:
                    Console.Out.Write(Help);
                    return 0;
                case HostAction.Version:
                    Console.Out.WriteLine($"PandoraSync {PandoraHost.ProductVersion} (PowerShell engine {PSVersionInfo.PSVersion})");
                    return 0;
                default:
                    using (var session = new EngineSession(options.NonInteractive))
                        return Run(session, options);
            }
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"pandorasync: {e.Message}");
            return CommandLine.UsageExitCode;
        }
    }

    private static int Run(EngineSession session, HostOptions options)
    {
        if (options is { Action: HostAction.Prompt, NonInteractive: true } && !Console.IsInputRedirected)
            throw new UsageException("-NonInteractive leaves out the prompt: give -Command or -File too.");
        if (!session.LoadModule())
            return 1;
        return options switch
        {
            { Action: HostAction.Prompt } when !Console.IsInputRedirected => new PromptLoop(session).Run(),
            { Action: HostAction.Prompt } or { Text: "-" } => session.RunCommand(Console.In.ReadToEnd()),
            { Action: HostAction.Command } => session.RunCommand(options.Text),
            _ => session.RunFile(options.Text, options.Arguments),
        };
    }
}
