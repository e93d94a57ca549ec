using System;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Engine.Host;

public sealed class HostTests
{
    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("throw 'no'", 1)]
    [InlineData("Get-TentacleFile -ComputerName 127.0.0.1:1 -RetryCount 0", 1)]
    [InlineData("Get-TentacleFile -ComputerName 127.0.0.1:1 -RetryCount 0 -ErrorAction SilentlyContinue; 'fine'", 0)]
    [InlineData("no-such-command", 1)]
    [InlineData("this is { not", 1)]
    public async Task A_command_gives_its_exit_code(string command, int code)
    {
        var result = await HostProcess.CommandAsync(command);
        Assert.True(result.ExitCode == code, result.ToString());
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
    public async Task A_script_gets_its_arguments_and_gives_its_exit_code()
    {
        using var folder = new TempFolder();
        var script = folder.Write("with space.ps1", "param([string] $Name, [int] $Count, [switch] $On, [Parameter(ValueFromRemainingArguments)] $Rest)\n\"$Name|$($Count + 1)|$On|$Rest\"\nexit 7");
        var result = await HostProcess.RunAsync(["-File", script, "-Name", "a b", "-Count", "4", "-On", "x", "y"]);
        Assert.Equal(7, result.ExitCode);
        Assert.Equal("a b|5|True|x y", result.Output.Trim());
    }

    [Fact]
    public async Task A_script_that_is_not_there_is_named_with_code_64()
    {
        var result = await HostProcess.RunAsync(["-File", "/nowhere/none.ps1"]);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("/nowhere/none.ps1", result.Errors + result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_come_from_standard_input_too()
    {
        var result = await HostProcess.RunAsync(["-Command", "-"], "$a = 20\n$a * 2\n");
        Assert.Equal("40", result.Output.Trim());
    }

    [Fact]
    public async Task Its_version_is_the_modules()
    {
        var result = await HostProcess.CommandAsync("\"$($Host.Version)|$((Get-Module PandoraSync).Version)|$($Host.Name)\"");
        var parts = result.Output.Trim().Split('|');
        Assert.Equal(Version.Parse(parts[1]).ToString(3), Version.Parse(parts[0]).ToString(3));
        var version = await HostProcess.RunAsync(["-Version"]);
        Assert.Contains(parts[1], version.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$Host.UI.Prompt('c', 'm', [System.Management.Automation.Host.FieldDescription[]] @([System.Management.Automation.Host.FieldDescription]::new('x')))")]
    [InlineData("$Host.UI.ReadLine()")]
    [InlineData("$Host.UI.PromptForCredential('c', 'm', 'u', 't')")]
    [InlineData("New-TentacleSession")]
    public async Task Without_a_person_every_question_is_an_error(string command)
    {
        var result = await HostProcess.RunAsync(["-NonInteractive", "-Command", command]);
        Assert.NotEqual(0, result.ExitCode);
        Assert.NotEmpty(result.Errors);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_long_pipeline()
    {
        using var host = HostProcess.Start("-Command", "'begun'; 1..1000000000 | ForEach-Object { }");
        await Eventually.BecomesTrue(() => host.Output.Contains("begun", StringComparison.Ordinal), "the command has begun");
        host.Interrupt();
        var result = await host.EndAsync();
        Assert.NotEqual(0, result.ExitCode);
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
}
