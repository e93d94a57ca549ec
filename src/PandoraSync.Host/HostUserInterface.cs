using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PandoraSync.Host;

/// <summary>
/// Results and information on standard output; errors, warnings, verbose and debug messages and progress on standard error, so that
/// a redirected result holds nothing else.
/// </summary>
internal sealed class HostUserInterface : PSHostUserInterface
{
    private static readonly bool NoColour = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        || string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal);

    private readonly ProgressLine progress = new();
    private readonly Prompter prompter;

    public HostUserInterface(bool nonInteractive, Interruption interruption)
    {
        Reader = new LineReader(progress);
        prompter = new Prompter(Reader, nonInteractive, interruption);
    }

    public LineReader Reader { get; }

    public override PSHostRawUserInterface RawUI { get; } = new HostRawUserInterface();

    public override bool SupportsVirtualTerminal { get; } = !NoColour && !Console.IsOutputRedirected;

    public override void Write(string value) => Write(Console.Out, value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value) => WriteStyled(PSStyle.Instance.Formatting.Error, value);

    public override void WriteWarningLine(string message) => WriteStyled(PSStyle.Instance.Formatting.Warning, "WARNING: " + message);

    public override void WriteVerboseLine(string message) => WriteStyled(PSStyle.Instance.Formatting.Verbose, "VERBOSE: " + message);

    public override void WriteDebugLine(string message) => WriteStyled(PSStyle.Instance.Formatting.Debug, "DEBUG: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record) => progress.Show(record);

    public void ClearProgress() => progress.Clear();

    public override string ReadLine() => prompter.Ask(string.Empty);

    public override SecureString ReadLineAsSecureString() => prompter.AskSecret(string.Empty);

    public override Dictionary<string, PSObject?> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        prompter.AskFields(caption, message, descriptions);

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        prompter.AskChoice(caption, message, choices, defaultChoice);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        prompter.AskCredential(caption, message, userName);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        prompter.AskCredential(caption, message, userName);

    private void WriteStyled(string style, string text)
    {
        var styled = !NoColour && !Console.IsErrorRedirected;
        Write(Console.Error, (styled ? style + text + PSStyle.Instance.Reset : text) + Environment.NewLine, styled);
    }

    private void Write(TextWriter writer, string value) => Write(writer, value, SupportsVirtualTerminal);

    private void Write(TextWriter writer, string value, bool styled)
    {
        try
        {
            progress.Clear();
            writer.Write(GetOutputString(value, styled));
        }
        catch (IOException)
        {
            // A full disk or a reader that has gone must not end what is being done, such as a server.
        }
    }
}
