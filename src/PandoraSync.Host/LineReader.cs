using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace PandoraSync.Host;

/// <summary>
/// Reads lines from the terminal key by key, so that Ctrl+C is seen at once and a secret is never echoed; from redirected input,
/// simply line by line.
/// </summary>
internal sealed class LineReader(ProgressLine progress)
{
    private readonly List<string> history = [];

    // A prompt belongs on the terminal, also when the output goes to a file.
    private static TextWriter Terminal => Console.IsOutputRedirected ? Console.Error : Console.Out;

    /// <summary>Writes a line that belongs to a question.</summary>
    public void Tell(string text)
    {
        progress.Clear();
        Terminal.WriteLine(text);
    }

    /// <summary>Reads a line of a statement; the arrow keys bring back earlier ones.</summary>
    public string? ReadStatementLine(string prompt)
    {
        var line = Read(prompt, secret: false, history);
        if (!string.IsNullOrWhiteSpace(line) && (history.Count == 0 || !string.Equals(history[^1], line, StringComparison.Ordinal)))
            history.Add(line);
        return line;
    }

    /// <summary>Reads an answer.</summary>
    /// <returns>Null at the end of input.</returns>
    /// <exception cref="OperationCanceledException">Ctrl+C was pressed.</exception>
    public string? ReadAnswer(string prompt, bool secret = false) => Read(prompt, secret, earlier: []);

    private string? Read(string prompt, bool secret, List<string> earlier)
    {
        progress.Clear();
        if (Console.IsInputRedirected)
        {
            Terminal.Write(prompt);
            return Console.In.ReadLine();
        }

        // This turns the terminal's echo off, too: before the prompt shows, so that a quickly pasted secret is not seen.
        Console.TreatControlCAsInput = true;
        try
        {
            Terminal.Write(prompt);
            return ReadKeys(secret, earlier);
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private static string? ReadKeys(bool secret, List<string> earlier)
    {
        var text = new StringBuilder();
        var position = earlier.Count;
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Terminal.WriteLine();
                    return text.ToString();
                case ConsoleKey.C when control:
                    Terminal.WriteLine("^C");
                    throw new OperationCanceledException("Ctrl+C was pressed.");
                case ConsoleKey.D when control && text.Length == 0:
                    Terminal.WriteLine();
                    return null;
                case ConsoleKey.U when control:
                    Replace(text, string.Empty, secret);
                    break;
                case ConsoleKey.Backspace when text.Length > 0:
                    Replace(text, text.ToString(0, text.Length - 1), secret);
                    break;
                case ConsoleKey.UpArrow when position > 0:
                    Replace(text, earlier[--position], secret);
                    break;
                case ConsoleKey.DownArrow when position < earlier.Count:
                    position++;
                    Replace(text, position == earlier.Count ? string.Empty : earlier[position], secret);
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                        Replace(text, text.ToString() + key.KeyChar, secret);
                    break;
            }
        }
    }

    /// <summary>Rubs out what differs at the end of the line and writes what comes instead.</summary>
    private static void Replace(StringBuilder text, string wanted, bool secret)
    {
        var same = 0;
        while (same < text.Length && same < wanted.Length && text[same] == wanted[same])
            same++;
        if (!secret)
        {
            for (var i = same; i < text.Length; i++)
                Terminal.Write("\b \b");
            Terminal.Write(wanted[same..]);
        }

        text.Clear().Append(wanted);
    }
}
