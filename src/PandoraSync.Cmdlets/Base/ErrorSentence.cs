using System;
using System.Collections.Generic;

namespace PandoraSync.Cmdlets.Base;

/// <summary>
/// The two parts of a message of Core. Such a sentence says what is wrong and, where it knows, what to do behind a colon or semicolon, as an
/// order: "'x' does not exist: create it." PowerShell shows the two in different places.
/// </summary>
/// <param name="Problem">What is wrong and where, as a sentence.</param>
/// <param name="Action">What to do, as a sentence; null if the message does not say.</param>
internal readonly record struct ErrorSentence(string Problem, string? Action)
{
    private static readonly HashSet<string> Orders = new(StringComparer.Ordinal)
    {
        "add", "check", "choose", "convert", "correct", "create", "give", "have", "leave", "lower", "make", "order", "put", "raise", "renew", "see", "set", "start", "stop", "update", "use", "wait", "write",
    };

    /// <summary>Parts a message at its first order.</summary>
    public static ErrorSentence Of(string message)
    {
        for (var at = message.IndexOf(' '); at > 0 && at + 1 < message.Length; at = message.IndexOf(' ', at + 1))
        {
            if (message[at - 1] is ':' or ';' && Orders.Contains(WordAt(message, at + 1)))
                return new ErrorSentence(message.Substring(0, at - 1) + ".", Finish(char.ToUpperInvariant(message[at + 1]) + message.Substring(at + 2)));
        }

        return new ErrorSentence(message, Action: null);
    }

    private static string WordAt(string text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsLetter(text[end]))
            end++;
        return text.Substring(start, end - start);
    }

    private static string Finish(string sentence) => sentence.EndsWith(".", StringComparison.Ordinal) ? sentence : sentence + ".";
}
