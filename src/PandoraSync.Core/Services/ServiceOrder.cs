using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using PandoraSync.Protocol;

namespace PandoraSync.Services;

/// <summary>What is to run as a service. Checked where it is made and not changed afterwards.</summary>
internal sealed record ServiceOrder
{
    /// <summary>The user of a service where nobody says another: its own, made where the system can do that.</summary>
    public const string OwnUser = "pandorasync";

    private static readonly Regex NameRule = new(@"\A[A-Za-z][A-Za-z0-9_.-]{0,63}\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    private static readonly Regex UserRule = new(@"\A[A-Za-z_][A-Za-z0-9_.\\ -]{0,99}\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <summary>Makes an order.</summary>
    /// <param name="name">The service's name: a letter, then letters, digits, <c>_</c>, <c>.</c> and <c>-</c>, 64 at most.</param>
    /// <param name="end">Which end it is.</param>
    /// <param name="shell">PowerShell: the program, and what comes before its own arguments.</param>
    /// <param name="script">What PowerShell runs.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: a name or text that a unit cannot have.</exception>
    public ServiceOrder(string name, ServiceEnd end, IReadOnlyList<string> shell, string script)
    {
        if (!NameRule.IsMatch(name))
            throw Wrong($"'{TentacleText.Show(name)}' cannot be the name of a service: give a letter, then letters, digits, '_', '.' and '-', 64 characters at most.");
        (Name, End, Shell, Script) = (name, end, shell.Select(OneLine).ToArray(), OneLine(script));
    }

    /// <summary>The service's name.</summary>
    public string Name { get; }

    /// <summary>Which end it is.</summary>
    public ServiceEnd End { get; }

    /// <summary>PowerShell: the program, and what comes before its own arguments.</summary>
    public IReadOnlyList<string> Shell { get; }

    /// <summary>What PowerShell runs.</summary>
    public string Script { get; }

    /// <summary>The program's arguments.</summary>
    public IReadOnlyList<string> Arguments => [.. Shell.Skip(1), "-NoProfile", "-NonInteractive", "-Command", Script];

    /// <summary>What it does, for people.</summary>
    public string Description => $"PandoraSync {(End == ServiceEnd.Sync ? "drains sites" : "keeps what agents send")} ({Subject})";

    /// <summary>The file or folder that it is about.</summary>
    public string Subject { get => _subject; init => _subject = OneLine(value); }

    /// <summary>Folders that it writes to.</summary>
    public IReadOnlyList<string> Writable { get => _writable; init => _writable = value.Select(OneLine).Distinct(StringComparer.Ordinal).ToArray(); }

    /// <summary>Its user.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: not a name.</exception>
    public string User { get => _user; init => _user = UserRule.IsMatch(value) ? value : throw Wrong($"'{TentacleText.Show(value)}' cannot be the name of a user: give letters, digits, '_', '.' and '-'."); }

    /// <summary>A further group of its user; null for none.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: not a name.</exception>
    public string? Group { get => _group; init => _group = value is null || UserRule.IsMatch(value) ? value : throw Wrong($"'{TentacleText.Show(value)}' cannot be the name of a group: give letters, digits, '_', '.' and '-'."); }

    /// <summary>Most memory that it may have, in bytes.</summary>
    public long MemoryMax { get; init; } = 1L << 30;

    /// <summary>Seconds from one run to the next where it is run by a timer; 0 for a service that goes on.</summary>
    public int TimerInterval { get; init; }

    /// <summary>True if it listens on a port below 1024.</summary>
    public bool BindsLowPort { get; init; }

    private readonly string _subject = string.Empty;
    private readonly IReadOnlyList<string> _writable = [];
    private readonly string _user = OwnUser;
    private readonly string? _group;

    /// <summary>How often it runs, for people.</summary>
    public string Schedule => TimerInterval == 0 ? "always" : string.Format(CultureInfo.InvariantCulture, "every {0} s", TimerInterval);

    /// <summary>A line break would begin another line of a unit.</summary>
    private static string OneLine(string text) =>
        text.Any(char.IsControl) ? throw Wrong($"'{TentacleText.Show(text)}' has a line break or another control character, which a service's command line cannot have: use a path without.") : text;

    private static TentacleException Wrong(string message) => new(TentacleErrorKind.Configuration, message) { Step = "service" };
}
