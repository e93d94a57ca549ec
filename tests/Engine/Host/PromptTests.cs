using System;
using System.Threading.Tasks;
using Xunit;

namespace PandoraSync.Tests.Engine.Host;

/// <summary>The host at a terminal.</summary>
public sealed class PromptTests
{
    private const string ControlC = "\x03";
    private const string ControlD = "\x04";
    private const string Up = "\x1b[A";

    [Fact]
    public async Task The_prompt_runs_statements_until_exit_and_ends_with_its_code()
    {
        using var terminal = Terminal.Start();
        await terminal.Shows("PS ");
        terminal.Type("$a = 20\r");
        await terminal.Shows("PS ", times: 2);
        terminal.Type("if ($a) {\r");
        await terminal.Shows(">> ");
        terminal.Type("\"sum $($a + 22)\" }\r");
        await terminal.Shows("sum 42");
        await terminal.Shows("PS ", times: 3);
        terminal.Type("exit 3\r");
        Assert.Equal(3, await terminal.EndAsync());
    }

    [Fact]
    public async Task The_end_of_input_ends_the_prompt()
    {
        using var terminal = Terminal.Start();
        await terminal.Shows("PS ");
        terminal.Type(ControlD);
        Assert.Equal(0, await terminal.EndAsync());
    }

    [Fact]
    public async Task Ctrl_C_throws_a_line_away_and_the_arrow_brings_an_earlier_one_back()
    {
        using var terminal = Terminal.Start();
        await terminal.Shows("PS ");
        terminal.Type("'first' + 'line'\r");
        await terminal.Shows("firstline");
        await terminal.Shows("PS ", times: 2);
        terminal.Type("exit 9" + ControlC);
        await terminal.Shows("PS ", times: 3);
        terminal.Type(Up + "\r");
        await terminal.Shows("firstline", times: 2);
        terminal.Type(ControlD);
        Assert.Equal(0, await terminal.EndAsync());
    }

    [Fact]
    public async Task Ctrl_C_stops_a_pipeline_and_the_prompt_comes_back()
    {
        using var terminal = Terminal.Start();
        await terminal.Shows("PS ");
        terminal.Type("'star' + 'ted'; 1..1000000000 | ForEach-Object { }\r");
        await terminal.Shows("started");
        terminal.Type(ControlC);
        await terminal.Shows("PS ", times: 2);
        terminal.Type("exit 2\r");
        Assert.Equal(2, await terminal.EndAsync());
    }

    [Fact]
    public async Task A_secret_is_read_without_echo()
    {
        using var terminal = Terminal.Start("-c", "$c = $Host.UI.PromptForCredential('', '', '', ''); $c.UserName + ' has ' + $c.Password.Length");
        await terminal.Shows("User: ");
        terminal.Type("bob\r");
        await terminal.Shows("Password for user bob: ");
        terminal.Type("geheimx\x7f\r");
        await terminal.Shows("bob has 6");
        var code = await terminal.EndAsync();
        Assert.DoesNotContain("g", terminal.Screen.Split("Password for user bob: ")[1], StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Ctrl_C_at_a_question_ends_the_command()
    {
        using var terminal = Terminal.Start("-c", "function f { param([Parameter(Mandatory)]$Name) 'ran' }; f; 'after'");
        await terminal.Shows("Name: ");
        terminal.Type(ControlC);
        var code = await terminal.EndAsync();
        Assert.DoesNotContain("ran", terminal.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("after", terminal.Screen, StringComparison.Ordinal);
        Assert.Equal(130, code);
    }

    [Fact]
    public async Task A_suspended_command_goes_on_after_the_prompt_inside_of_it()
    {
        using var terminal = Terminal.Start("-c", "function f { [CmdletBinding(SupportsShouldProcess)] param() if ($PSCmdlet.ShouldProcess('it')) { 'went on' } }; f -Confirm; exit 8");
        await terminal.Shows("Suspend");
        terminal.Type("s\r");
        await terminal.Shows(">> ");
        terminal.Type("'in' + 'side'\r");
        await terminal.Shows("inside");
        terminal.Type("exit\r");
        await terminal.Shows("Suspend", times: 2);
        terminal.Type("y\r");
        await terminal.Shows("went on");
        Assert.Equal(8, await terminal.EndAsync());
    }

    [Fact]
    public async Task Progress_is_one_line_that_goes_away()
    {
        const string command = """& { [CmdletBinding()]param() $PSCmdlet.WriteProgress([Management.Automation.ProgressRecord]::new(1, "busy", "half")); "result" }""";
        using var terminal = Terminal.Start("-c", command);
        var code = await terminal.EndAsync();
        Assert.Contains("\r\x1b[Kbusy: half\r\x1b[Kresult", terminal.Screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public async Task Errors_are_red_at_a_terminal_unless_NO_COLOR_is_set(string noColour, bool red)
    {
        using var terminal = Terminal.StartWith(noColour, "-c", "throw 1");
        var code = await terminal.EndAsync();
        Assert.Equal(red, terminal.Screen.Contains("\x1b[31;1m1", StringComparison.Ordinal));
    }
}
