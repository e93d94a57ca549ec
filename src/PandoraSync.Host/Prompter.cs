using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PandoraSync.Host;

/// <summary>Asks a person for values, a choice, a password. With -NonInteractive, or at the end of input, asking is an error.</summary>
internal sealed class Prompter(LineReader reader, bool nonInteractive, Interruption interruption)
{
    public string Ask(string prompt) => Answer(prompt, secret: false);

    public SecureString AskSecret(string prompt)
    {
        var secret = new SecureString();
        foreach (var character in Answer(prompt, secret: true))
            secret.AppendChar(character);
        secret.MakeReadOnly();
        return secret;
    }

    public Dictionary<string, PSObject?> AskFields(string caption, string message, Collection<FieldDescription> fields)
    {
        Introduce(caption, message);
        var values = new Dictionary<string, PSObject?>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in fields)
        {
            var type = Type.GetType(field.ParameterAssemblyFullName, throwOnError: false) ?? typeof(string);
            values[field.Name] = AskField(field.Name, type);
        }

        return values;
    }

    public int AskChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        var hotKeys = choices.Select(HotKey).ToList();
        var labels = choices.Select(choice => choice.Label.Replace("&", string.Empty, StringComparison.Ordinal)).ToList();
        var offer = string.Join("  ", choices.Select((_, i) => $"[{hotKeys[i]}] {labels[i]}")) + "  [?] Help"
            + (defaultChoice >= 0 ? $" (default is \"{hotKeys[defaultChoice]}\"): " : ": ");
        Introduce(caption, message);
        while (true)
        {
            var answer = Ask(offer).Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;
            var index = hotKeys.FindIndex(key => key.Equals(answer, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
                index = labels.FindIndex(label => label.Equals(answer, StringComparison.OrdinalIgnoreCase));
            if (index >= 0)
                return index;
            if (answer is not "?")
                continue;
            for (var i = 0; i < choices.Count; i++)
                reader.Tell($"{hotKeys[i]} - {choices[i].HelpMessage}");
        }
    }

    public PSCredential AskCredential(string caption, string message, string? userName)
    {
        Introduce(caption, message);
        if (string.IsNullOrEmpty(userName))
            userName = Ask("User: ");
        return new PSCredential(userName, AskSecret($"Password for user {userName}: "));
    }

    private PSObject? AskField(string name, Type type)
    {
        if (type == typeof(SecureString))
            return new PSObject(AskSecret(name + ": "));
        if (type == typeof(PSCredential))
            return new PSObject(AskCredential(string.Empty, name, userName: null));
        if (!type.IsArray)
            return Convert(Ask(name + ": "), type);

        // A list ends with an empty line, as in pwsh.
        var items = new List<string>();
        while (Ask($"{name}[{items.Count}]: ") is { Length: > 0 } item)
            items.Add(item);
        return Convert(items.ToArray(), type);
    }

    private static PSObject? Convert(object value, Type type) =>
        LanguagePrimitives.TryConvertTo(value, type, CultureInfo.CurrentCulture, out var converted) && converted is not null ? new PSObject(converted) : new PSObject(value);

    private static string HotKey(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant() : choice.Label;
    }

    private void Introduce(string caption, string message)
    {
        Refuse(message);
        foreach (var text in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(text))
                reader.Tell(text);
        }
    }

    private string Answer(string prompt, bool secret)
    {
        Refuse(prompt);
        try
        {
            return reader.ReadAnswer(prompt, secret) ?? throw new PSInvalidOperationException($"The input ended where an answer was needed{About(prompt)}.");
        }
        catch (OperationCanceledException)
        {
            interruption.Stop(Interruption.ControlC);
            throw new PipelineStoppedException();
        }
    }

    private void Refuse(string about)
    {
        if (nonInteractive)
            throw new PSInvalidOperationException($"An answer is needed{About(about)}, but -NonInteractive is set: give the value as a parameter, or use -Confirm:$false or -Force.");
    }

    private static string About(string text) => string.IsNullOrWhiteSpace(text) ? string.Empty : $" ({text.ReplaceLineEndings(" ").Trim().TrimEnd(':')})";
}
