using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Xunit;

namespace PandoraSync.Tests.Engine;

/// <summary>The host at a terminal.</summary>
public sealed class HostPromptTests
{
    private const string ControlC = "\x03";
    private const string ControlD = "\x04";
    private const string Up = "\x1b[A";

    [Fact]
    public async Task The_prompt_runs_statements_until_exit_and_ends_with_its_code()
    {
        await using var host = HostProcess.StartAtTerminal("");
        await host.WritesAsync("PS ");
        await host.TypeAsync("$a = 20\r");
        await host.WritesAsync("PS ", times: 2);
        await host.TypeAsync("if ($a) {\r");
        await host.WritesAsync(">> ");
        await host.TypeAsync("\"sum $($a + 22)\" }\r");
        await host.WritesAsync("sum 42");
        await host.WritesAsync("PS ", times: 3);
        await host.TypeAsync("exit 3\r");
        Assert.Equal(3, (await host.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task The_end_of_input_ends_the_prompt()
    {
        await using var host = HostProcess.StartAtTerminal("");
        await host.WritesAsync("PS ");
        await host.TypeAsync(ControlD);
        Assert.Equal(0, (await host.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Ctrl_C_throws_a_line_away_and_the_arrow_brings_an_earlier_one_back()
    {
        await using var host = HostProcess.StartAtTerminal("");
        await host.WritesAsync("PS ");
        await host.TypeAsync("'first' + 'line'\r");
        await host.WritesAsync("firstline");
        await host.WritesAsync("PS ", times: 2);
        await host.TypeAsync("exit 9" + ControlC);
        await host.WritesAsync("PS ", times: 3);
        await host.TypeAsync(Up + "\r");
        await host.WritesAsync("firstline", times: 2);
        await host.TypeAsync(ControlD);
        Assert.Equal(0, (await host.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Ctrl_C_stops_a_pipeline_and_the_prompt_comes_back()
    {
        await using var host = HostProcess.StartAtTerminal("");
        await host.WritesAsync("PS ");
        await host.TypeAsync("'star' + 'ted'; 1..1000000000 | ForEach-Object { }\r");
        await host.WritesAsync("started");
        await host.TypeAsync(ControlC);
        await host.WritesAsync("PS ", times: 2);
        await host.TypeAsync("exit 2\r");
        Assert.Equal(2, (await host.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_secret_is_read_without_echo()
    {
        await using var host = HostProcess.StartAtTerminal("""-c '$c = $Host.UI.PromptForCredential("", "", "", ""); "$($c.UserName) has $($c.Password.Length)"'""");
        await host.WritesAsync("User: ");
        await host.TypeAsync("bob\r");
        await host.WritesAsync("Password for user bob: ");
        await host.TypeAsync("geheimx\x7f\r");
        await host.WritesAsync("bob has 6");
        var result = await host.EndAsync();
        Assert.DoesNotContain("g", result.Output.Split("Password for user bob: ")[1], StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Ctrl_C_at_a_question_ends_the_command()
    {
        await using var host = HostProcess.StartAtTerminal("""-c 'function f { param([Parameter(Mandatory)]$Name) "ran" }; f; "after"'""");
        await host.WritesAsync("Name: ");
        await host.TypeAsync(ControlC);
        var result = await host.EndAsync();
        Assert.DoesNotContain("ran", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("after", result.Output, StringComparison.Ordinal);
        Assert.Equal(130, result.ExitCode);
    }

    [Fact]
    public async Task A_suspended_command_goes_on_after_the_prompt_inside_of_it()
    {
        await using var host = HostProcess.StartAtTerminal("""-c 'function f { [CmdletBinding(SupportsShouldProcess)] param() if ($PSCmdlet.ShouldProcess("it")) { "went on" } }; f -Confirm; exit 8'""");
        await host.WritesAsync("Suspend");
        await host.TypeAsync("s\r");
        await host.WritesAsync(">> ");
        await host.TypeAsync("'in' + 'side'\r");
        await host.WritesAsync("inside");
        await host.TypeAsync("exit\r");
        await host.WritesAsync("Suspend", times: 2);
        await host.TypeAsync("y\r");
        await host.WritesAsync("went on");
        Assert.Equal(8, (await host.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Progress_is_one_line_that_goes_away()
    {
        const string command = """-c '& { [CmdletBinding()]param() $PSCmdlet.WriteProgress([Management.Automation.ProgressRecord]::new(1, "busy", "half")); "result" }'""";
        await using var host = HostProcess.StartAtTerminal(command);
        var result = await host.EndAsync();
        Assert.Contains("\r\x1b[Kbusy: half\r\x1b[Kresult", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public async Task Errors_are_red_at_a_terminal_unless_NO_COLOR_is_set(string noColour, bool red)
    {
        await using var host = HostProcess.StartAtTerminal("-c 'throw 1'", new Dictionary<string, string>(StringComparer.Ordinal) { ["NO_COLOR"] = noColour });
        var result = await host.EndAsync();
        Assert.Equal(red, result.Output.Contains("\x1b[31;1m1", StringComparison.Ordinal));
    }
}
