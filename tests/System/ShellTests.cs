using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>The module in a shell that somebody starts for one command: cron, a unit, a script. What it prints, its exit codes, its end by a signal.</summary>
public sealed class ShellTests
{
    private static readonly RealProgram Dotnet = new("dotnet", "dotnet-sdk-10.0");

    [Theory]
    [InlineData("Get-TentacleFile -ComputerName 127.0.0.1:1 -RetryCount 0", 1)]
    [InlineData("Get-TentacleFile -ComputerName 127.0.0.1:1 -RetryCount 0 -ErrorAction SilentlyContinue; 'fine'", 0)]
    [InlineData("Invoke-PandoraSync 127.0.0.1:1 -RetryCount 0 -Destination $HOME", 1)]
    [InlineData("Test-TentacleServer 127.0.0.1:1 -RetryCount 0 -Quiet", 0)]
    [InlineData("exit [int]!(Test-TentacleServer 127.0.0.1:1 -RetryCount 0 -Quiet)", 1)]
    public async Task A_command_whose_last_statement_failed_ends_with_1(string command, int code)
    {
        var result = await ShellProcess.CommandAsync(command);
        Assert.True(result.ExitCode == code, result.ToString());
    }

    [Fact]
    public async Task A_script_that_stops_at_errors_ends_with_1_and_gets_its_arguments()
    {
        using var folder = new TempFolder();
        var script = folder.Write("script.ps1", "param([string]$Site, [switch]$Strict)\nif ($Strict) { $ErrorActionPreference = 'Stop' }\nGet-TentacleFile -ComputerName $Site -RetryCount 0\n'went on'");
        var lenient = await ShellProcess.RunAsync(["-File", script, "-Site", "127.0.0.1:1"]);
        Assert.Equal((0, "went on\n"), (lenient.ExitCode, lenient.Output));
        var strict = await ShellProcess.RunAsync(["-File", script, "-Site", "127.0.0.1:1", "-Strict"]);
        Assert.Equal((1, string.Empty), (strict.ExitCode, strict.Output));
        Assert.Contains("127.0.0.1:1", strict.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("good", "", 0, 0, 0)]
    [InlineData("one site is dead", "", 1, 0, 1)]
    [InlineData("missing destination", "", 1, 0, 1)]
    [InlineData("locked destination", "", 1, 0, 1)]
    [InlineData("one site is dead", "-ErrorAction SilentlyContinue", 1, 0, 1)]
    [InlineData("missing destination", "-ErrorAction SilentlyContinue", 1, 0, 1)]
    [InlineData("locked destination", "-ErrorAction SilentlyContinue", 1, 0, 1)]
    [InlineData("one site is dead", "-ErrorAction Stop", 1, 1, 1)]
    public async Task A_drain_that_cron_starts_ends_as_the_documents_say(string what, string more, int command, int plainFile, int recipeFile)
    {
        foreach (var (kind, code) in new[] { ("command", command), ("file", plainFile), ("recipe", recipeFile) })
        {
            using var stock = new StockServer();
            stock.Put(AgentData.Make(1));
            using var folder = new TempFolder();
            var destination = what is "missing destination" ? folder["none"] : Directory.CreateDirectory(folder["in"]).FullName;
            Directory.CreateDirectory(folder["in/.pandorasync"]);
            using var held = what is "locked destination" ? new FileStream(folder["in/.pandorasync/lock"], FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None) : null;
            var sites = $"127.0.0.1:{stock.Port}{(what is "one site is dead" ? ", 127.0.0.1:1" : string.Empty)}";
            var drain = $"Invoke-PandoraSync {sites} -Destination '{destination}' -RetryCount 0 {more}";
            var result = kind is "command"
                ? await ShellProcess.RunAsync(["-NonInteractive", "-Command", drain])
                : await ShellProcess.RunAsync(["-NonInteractive", "-File", folder.Write("sync.ps1", $"{drain} | Export-Csv '{folder["log.csv"]}' -Append{(kind is "recipe" ? "\nif (-not $?) { exit 1 }" : string.Empty)}\n")]);
            Assert.True(result.ExitCode == code, $"{kind}: {result}");
            Assert.Equal(what is "good" or "one site is dead" ? 0 : 1, stock.FileNames().Length);
            if (kind is not "command")
                Assert.Equal(sites.Split(',').Length + 1, (await File.ReadAllLinesAsync(folder["log.csv"])).Length);
        }
    }

    [Fact]
    public async Task The_module_is_found_by_its_name_and_has_the_version_it_was_built_with()
    {
        var result = await ShellProcess.CommandAsync("Import-Module PandoraSync; [string](Get-Module PandoraSync).Version; (Get-Command Get-TentacleFile).ImplementingType.Assembly.GetName().Version.ToString(3)");
        Assert.Equal($"{Repository.Version}\n{Repository.Version}\n", result.Output);
    }

    [Fact]
    public async Task Without_interaction_a_question_is_an_error()
    {
        var result = await ShellProcess.RunAsync(["-NonInteractive", "-Command", "New-TentacleSession"], "127.0.0.1\n");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains("ComputerName", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y\n", 0)]
    [InlineData("n\n", 1)]
    [InlineData("\n", 0)]
    public async Task A_confirmation_is_read_from_redirected_input(string answer, int left)
    {
        using var stock = new StockServer();
        stock.Put(AgentData.Make(1));
        var result = await ShellProcess.RunAsync(["-Command", $"Remove-TentacleFile 127.0.0.1:{stock.Port} -Name {AgentData.Make(1).Name} -Confirm"], answer);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("[N] No", result.Output, StringComparison.Ordinal);
        Assert.Equal(left, stock.FileNames().Length);
    }

    [Fact]
    public async Task An_error_is_a_sentence_with_advice_and_never_a_stack_trace()
    {
        var result = await ShellProcess.CommandAsync("Get-TentacleFile -ComputerName 127.0.0.1:1 -RetryCount 0");
        Assert.Empty(result.Output);
        Assert.StartsWith("Get-TentacleFile: 127.0.0.1:1 cannot be connected to (connection refused)", result.Errors, StringComparison.Ordinal);
        Assert.Contains("Recommendation: ", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Errors);
    }

    [Theory]
    [InlineData("INT", 1, false)]
    [InlineData("TERM", 0, true)]
    [InlineData("HUP", 0, true)]
    public async Task A_signal_ends_a_server_in_order_which_has_all_that_it_confirmed(string signal, int code, bool goesOn)
    {
        using var buffer = new TempFolder();
        using var shell = ShellProcess.Start("-Command", $"try {{ Start-TentacleServer '{buffer.Path}' -Address 127.0.0.1 -Port 0 -Wait -Verbose }} finally {{ [Console]::Out.WriteLine('cleaned up') }}; 'goes on'");
        var port = await shell.PortAsync();
        using (var client = new PlainClient(port))
            Assert.Equal("SEND OK", client.Send("a.1.data", [1, 2, 3]));
        shell.Signal(signal);
        var result = await shell.EndAsync();
        Assert.True(result.ExitCode == code, result.ToString());
        Assert.Contains("cleaned up", result.Output, StringComparison.Ordinal);

        // Ctrl+C ends the script; a service's stop ends the wait, and what follows may tidy up.
        Assert.Equal(goesOn, result.Output.Contains("goes on", StringComparison.Ordinal));
        Assert.Equal(["a.1.data"], buffer.FileNames());
    }

    [Fact]
    public async Task The_quickstart_drains_a_buffer_in_the_tools_own_shell_and_gets_its_arguments()
    {
        var result = await Dotnet.RunAsync(["run", "--no-build", "--project", Path.Combine(Repository.Root, "examples"), "--", "-Intervals", "2"], environment: Shell.Environment, folder: Path.GetTempPath(), limit: TimeSpan.FromMinutes(3));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(result.Errors);
        Assert.Matches(@"Time in name +Length +Name", result.Output);
        Assert.Matches(@"(?m)^Result .*\bFiles\b", result.Output);
        Assert.Contains("In the incoming directory: 6 files; left in the buffer: 0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_system_allows_few_open_files_one_crowded_address_ends_neither_the_server_nor_its_service_to_others()
    {
        using var buffer = new TempFolder();
        using var server = ShellProcess.StartUnder(["prlimit", "--nofile=1024:1024"], "-Command", $"Start-TentacleServer '{buffer.Path}' -Address 127.0.0.1 -Port 0 -Wait -Verbose");
        var port = await server.PortAsync();
        var crowd = Enumerable.Range(0, 1500).Select(_ => new PlainClient(port, from: System.Net.IPAddress.Parse("127.0.0.66"))).ToArray();
        try
        {
            using var honest = new PlainClient(port);
            Assert.Equal("SEND OK", await Eventually.Ends(Task.Run(() => honest.Send("a.1.data", [1, 2, 3])), "an honest agent is served"));
        }
        finally
        {
            foreach (var client in crowd)
                client.Dispose();
        }

        server.Interrupt();
        var result = await server.EndAsync();
        Assert.True(result.ExitCode == 1, result.ToString());
    }
}
