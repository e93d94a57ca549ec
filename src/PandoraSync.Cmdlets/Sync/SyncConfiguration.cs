using System.Linq;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Configuration;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>What a pandora_server.conf says about the sync server, in values that can be written down.</summary>
public sealed class SyncConfiguration
{
    private readonly string _summary;

    internal SyncConfiguration(PandoraSyncConfiguration configuration)
    {
        Path = configuration.Path;
        IsEnabled = configuration.IsEnabled;
        Sites = new TextList(configuration.Sites.Select(s => s.Name));
        IncomingDirectory = configuration.Options.IncomingDirectory;
        Connections = configuration.Options.Connections;
        Settings = new TextList(configuration.Settings.Select(s => $"{s.Key} {s.Value} ({s.Source})"));
        Warnings = new TextList(configuration.Warnings);
        _summary = configuration.ToString();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether <c>syncserver</c> is on.</summary>
    public bool IsEnabled { get; }

    /// <summary>The sites, in the file's order: <c>host:port</c>.</summary>
    public TextList Sites { get; }

    /// <summary>Where the files go.</summary>
    public string IncomingDirectory { get; }

    /// <summary>Most connections to each site.</summary>
    public int Connections { get; }

    /// <summary>What was understood, and from which line: <c>key value (source)</c>; secrets are <c>***</c>.</summary>
    public TextList Settings { get; }

    /// <summary>What is odd but no mistake.</summary>
    public TextList Warnings { get; }

    /// <summary>What running it would do, in a sentence.</summary>
    public override string ToString() => _summary;
}
