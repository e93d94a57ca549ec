using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Engine.Host;

/// <summary>The host as a command: what it prints where, and the exit codes, which are pwsh's.</summary>
public sealed class HostTests
{
    [Theory]
    [InlineData("1..3 | % { $_ } | ? { $_ -gt 1 }", 0)]
    [InlineData("exit 5", 5)]
    [InlineData("try { throw 'x' } catch { 'caught' }", 0)]
    [InlineData("throw 'x'", 1)]
    [InlineData("Import-Module nonsense", 1)]
    [InlineData("Import-Module nonsense; 1", 0)]
    [InlineData("Get-Nonsense", 1)]
    [InlineData("1 +", 1)]
    [InlineData("Get-TentacleFile -ComputerName 127.0.0.1:1 -RetryCount 0", 1)]
    [InlineData("Get-TentacleFile -ComputerName 127.0.0.1:1 -RetryCount 0 -ErrorAction SilentlyContinue; 'fine'", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'; Import-Module nonsense; 1", 1)]
    public async Task A_command_ends_with_the_exit_code_of_pwsh(string command, int code)
    {
        var result = await HostProcess.RunAsync(["-Command", command]);
        Assert.True(result.ExitCode == code, result.ToString());
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("function leave { exit 6 }; leave; 'not here'", 6)]
    [InlineData("'fine'", 0)]
    [InlineData("throw 'x'", 1)]
    [InlineData("$ErrorActionPreference = 'Stop'; Import-Module nonsense", 1)]
    [InlineData("Import-Module nonsense", 0)]
    [InlineData("& /bin/false", 0)]
    [InlineData("if (", 1)]
    public async Task A_script_ends_with_the_exit_code_of_pwsh(string script, int code)
    {
        var result = await RunScript(script);
        Assert.True(result.ExitCode == code, result.ToString());
    }

    [Theory]
    [InlineData("-File", "/nowhere/nonsense.ps1")]
    [InlineData("/nowhere/nonsense.ps1")]
    [InlineData("-File", "/bin/true")]
    [InlineData("-Nonsense")]
    [InlineData("-Command")]
    [InlineData("-File")]
    public async Task A_wrong_command_line_ends_with_64_and_one_line_that_says_why(params string[] arguments)
    {
        var result = await HostProcess.RunAsync(arguments);
        Assert.True(result.ExitCode == 64, result.ToString());
        Assert.Empty(result.Output);
        Assert.StartsWith("pandorasync: ", result.Errors, StringComparison.Ordinal);
        Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_script_gets_its_arguments_as_from_pwsh()
    {
        const string script = """
            param([string]$Name, [switch]$Flag, [switch]$Other, [int]$Count, [Parameter(ValueFromRemainingArguments)]$Rest)
            "$Name|$Flag|$Other|$Count|$($Rest -join ';')|$([IO.Path]::GetFileName($PSCommandPath))"
            """;
        var result = await RunScript(script, "-Name", "it's $x", "-Flag", "-Other:$false", "-Count:-3", "a b", "-5", "-", "");
        Assert.Equal("it's $x|True|False|-3|a b;-5;-;|script.ps1\n", result.Output);
    }

    [Theory]
    [InlineData("-Command", "-")]
    [InlineData("-File", "-")]
    [InlineData("-NonInteractive")]
    public async Task A_script_may_come_on_standard_input(params string[] arguments)
    {
        var result = await HostProcess.RunAsync(arguments, "if ($false) {\n'yes'\n}\nelse {\n'no'\n}\nexit 4\n");
        Assert.Equal("no\n", result.Output);
        Assert.Equal(4, result.ExitCode);
    }

    [Fact]
    public async Task All_versions_agree()
    {
        var result = await HostProcess.RunAsync(["-Version"]);
        Assert.StartsWith($"PandoraSync {Repository.Version} (", result.Output, StringComparison.Ordinal);
        result = await HostProcess.RunAsync(["-c", "[string]$Host.Version; [string](Get-Module PandoraSync).Version"]);
        Assert.Equal($"{Repository.Version}\n{Repository.Version}\n", result.Output);
    }

    [Fact]
    public async Task The_module_is_found_by_its_name_too()
    {
        var result = await HostProcess.RunAsync(["-c", "Remove-Module PandoraSync; Import-Module PandoraSync; (Get-Module).Name"]);
        Assert.Equal("PandoraSync\n", result.Output);
    }

    [Fact]
    public async Task Results_go_to_standard_output_and_everything_else_to_standard_error_without_colours()
    {
        const string script = """
            & {
                [CmdletBinding()] param()
                $PSCmdlet.WriteWarning('careful')
                $PSCmdlet.WriteVerbose('in detail')
                $PSCmdlet.WriteProgress([Management.Automation.ProgressRecord]::new(1, 'busy', 'half'))
                $PSCmdlet.WriteInformation('by the way', @('PSHOST'))
            } -Verbose
            Import-Module nonsense
            [pscustomobject]@{ Name = 'a'; Size = 1 }
            """;
        var result = await RunScript(script);
        Assert.Equal("by the way\n\nName Size\n---- ----\na       1\n\n", result.Output);
        var lines = result.Errors.TrimEnd('\n').Split('\n');
        Assert.Equal(["WARNING: careful", "VERBOSE: in detail"], lines[..2]);
        Assert.Matches(@"^Import-Module: .*'nonsense'.* \(script\.ps1, line 8\)$", Assert.Single(lines[2..]));
    }

    [Fact]
    public async Task A_script_that_cannot_be_read_says_where()
    {
        var result = await RunScript("'fine'\n1 +\n2 )");
        Assert.Equal("Unexpected token ')' in expression or statement. (script.ps1, line 3)\n", result.Errors);
    }

    [Theory]
    [InlineData("function f { param([Parameter(Mandatory)]$Name) }; f", "Name")]
    [InlineData("$Host.UI.PromptForChoice('', 'Really?', [Management.Automation.Host.ChoiceDescription[]]('&Yes', '&No'), 0)", "Really?")]
    [InlineData("New-TentacleSession", "ComputerName")]
    [InlineData("$Host.UI.ReadLine()", "NonInteractive")]
    [InlineData("$Host.UI.PromptForCredential('', 'Who?', '', '')", "Who?")]
    public async Task Without_interaction_a_question_is_an_error(string command, string named)
    {
        var result = await HostProcess.RunAsync(["-NonInteractive", "-Command", $"$ErrorActionPreference = 'Stop'; {command}"], "y\ny\ny\n");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(named, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y\n", "done")]
    [InlineData("?\nx\nyes\n", "done")]
    [InlineData("\n", "done")]
    [InlineData("n\n", "not done")]
    public async Task A_confirmation_is_read_from_redirected_input(string answer, string outcome)
    {
        const string command = "function f { [CmdletBinding(SupportsShouldProcess)] param() if ($PSCmdlet.ShouldProcess('it')) { 'done' } else { 'not done' } }; f -Confirm";
        var result = await HostProcess.RunAsync(["-Command", command], answer);
        Assert.Equal(outcome + "\n", result.Output);
        Assert.Contains("[N] No", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_input_answers_nothing()
    {
        var result = await HostProcess.RunAsync(["-Command", "$ErrorActionPreference = 'Stop'; function f { param([Parameter(Mandatory)]$Name) 'ran' }; f"]);
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain("ran", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_signal_stops_the_pipeline_in_order(string signal, int code)
    {
        using var host = HostProcess.Start("-Command", "try { 'started'; 1..1000000000 | ForEach-Object { } } finally { [Console]::Out.WriteLine('cleaned up') }; 'not here'");
        await Eventually.BecomesTrue(() => host.Output.Contains("started", StringComparison.Ordinal), "the command has begun");
        host.Signal(signal);
        var result = await host.EndAsync();
        Assert.Equal("started\ncleaned up\n", result.Output);
        Assert.Empty(result.Errors);
        Assert.Equal(code, result.ExitCode);
    }

    [Fact]
    public async Task An_error_is_a_sentence_with_advice_and_never_a_stack_trace()
    {
        var result = await HostProcess.CommandAsync("Get-TentacleFile -ComputerName 127.0.0.1:1 -RetryCount 0");
        Assert.Empty(result.Output);
        Assert.Contains("127.0.0.1:1 cannot be connected to (connection refused): check that a Tentacle server listens there.", result.Errors, StringComparison.Ordinal);
        Assert.Contains("Check address and port", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Errors);
    }

    [Fact]
    public async Task A_secret_that_is_asked_for_is_not_echoed()
    {
        using var terminal = Terminal.Start("-Command", "'pid ' + $PID; $s = $Host.UI.ReadLineAsSecureString(); 'length ' + $s.Length");
        await Eventually.BecomesTrue(() => terminal.Screen.Contains("pid ", StringComparison.Ordinal), "the host has begun");
        await Eventually.BecomesTrue(() => !terminal.Echoes(), "the host asks for the secret");
        terminal.Type("sesame\r");
        await Eventually.BecomesTrue(() => terminal.Screen.Contains("length 6", StringComparison.Ordinal), "the secret has been read");
        Assert.DoesNotContain("sesame", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_quickstart_drains_a_buffer_and_shows_it_as_tables()
    {
        var result = await HostProcess.RunAsync(["-File", Path.Combine(Repository.Examples, "quickstart.ps1")]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(result.Errors);
        Assert.Matches(@"Time +Length +Name", result.Output);
        Assert.Matches(@"Site +Files +Size +Recovered", result.Output);
        Assert.Contains("In the incoming directory: 9 files; left in the buffer: 0", result.Output, StringComparison.Ordinal);
    }

    private static async Task<ProgramResult> RunScript(string text, params string[] arguments)
    {
        using var folder = new TempFolder();
        return await HostProcess.RunAsync(["-File", folder.Write("script.ps1", text), .. arguments]);
    }

    [Fact]
    public async Task Output_that_cannot_be_written_does_not_end_a_command()
    {
        var shell = new RealProgram("sh", "dash");
        var result = await shell.RunAsync(["-c", $"'{Repository.Host}' -Command \"1..3; Write-Warning no; exit 7\" > /dev/full 2> /dev/full"]);
        Assert.Equal(7, result.ExitCode);
    }

    [Fact]
    public async Task Where_the_system_allows_few_open_files_one_crowded_address_ends_neither_the_server_nor_its_service_to_others()
    {
        using var buffer = new TempFolder();
        using var server = HostProcess.StartUnder(["prlimit", "--nofile=1024:1024"], "-Command", $"Start-TentacleServer '{buffer.Path}' -Address 127.0.0.1 -Port 0 -Wait -Verbose");
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
        Assert.Equal(130, (await server.EndAsync()).ExitCode);
    }
}
