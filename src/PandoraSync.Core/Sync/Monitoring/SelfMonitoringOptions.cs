using System;
using System.Linq;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Monitoring;

/// <summary>How the sync server has itself monitored. Checked where it is made and not changed afterwards.</summary>
internal sealed record SelfMonitoringOptions
{
    private const int MostNameCharacters = 100;
    private readonly string? _agent;
    private readonly string? _metricsPath;

    /// <summary>The agent whose data file is put into the incoming directory; null for no such file.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: the name cannot be a file's.</exception>
    public string? Agent
    {
        get => _agent;
        init => _agent = value is null || (value.Length is > 0 and <= MostNameCharacters && value[0] != '.' && value.All(c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_' or '.'))
            ? value
            : throw new TentacleException(TentacleErrorKind.Configuration, $"'{TentacleText.Show(value)}' cannot be an agent's name: give at most {MostNameCharacters} letters, digits, '-', '_' or '.', and no '.' first.");
    }

    /// <summary>The group that a new agent is put into.</summary>
    public string Group { get; init; } = "Servers";

    /// <summary>A file of metrics for node_exporter's text file collector, a full path; null for none.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: no full path.</exception>
    public string? MetricsPath
    {
        get => _metricsPath;
        init => _metricsPath = value is null || PathRules.IsFull(value)
            ? value
            : throw new TentacleException(TentacleErrorKind.Configuration, $"The file of metrics '{TentacleText.Show(value)}' is not a full path: give an absolute one.");
    }

    /// <summary>Time from one data file to the next in a continuous run, which the file also says; five minutes by default, as agents have it.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);
}
