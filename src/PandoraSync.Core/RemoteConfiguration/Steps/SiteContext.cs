using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration.Ends;
using PandoraSync.Sync.Staging;

namespace PandoraSync.RemoteConfiguration.Steps;

/// <summary>What the steps of one site's run share.</summary>
internal sealed class SiteContext(SiteConnections connections, MainSide main, AgreementFile agreements, SiteSpace space, AgentOwners owners, RemoteConfigurationOptions options)
{
    private int _copied;
    private int _reported;

    /// <summary>The site: <c>host:port</c>.</summary>
    public string Site => connections.Site;

    /// <summary>The connections to it.</summary>
    public SiteConnections Connections => connections;

    /// <summary>The main server's folders.</summary>
    public MainSide Main => main;

    /// <summary>What was agreed on.</summary>
    public AgreementFile Agreements => agreements;

    /// <summary>Room on the main server's disk.</summary>
    public SiteSpace Space => space;

    /// <summary>Which site has which agent.</summary>
    public AgentOwners Owners => owners;

    /// <summary>How.</summary>
    public RemoteConfigurationOptions Options => options;

    /// <summary>Files that were copied.</summary>
    public int Copied => Volatile.Read(ref _copied);

    /// <summary>Files of which something else was said.</summary>
    public int Reported => Volatile.Read(ref _reported);

    /// <summary>Asks whether a change is to be made.</summary>
    public async Task<bool> MayAsync(ConfigurationDirection direction, bool isRemoval, string file, string? agent, string reason)
    {
        var what = (direction, isRemoval) switch
        {
            (ConfigurationDirection.Up, false) => "Copy to the main side",
            (ConfigurationDirection.Up, true) => "Remove on the main side",
            (_, false) => "Copy to the site",
            _ => "Remove at the site",
        };
        return options.Confirm is not { } ask || await ask($"{file}{(agent is null ? string.Empty : $" (agent {agent})")} of {Site}", $"{what}: {reason}").ConfigureAwait(false);
    }

    /// <summary>Says what was done, or what there is to say.</summary>
    public void Report(ConfigurationChange change)
    {
        if (change.Outcome is ConfigurationOutcome.Copied or ConfigurationOutcome.Removed)
            Interlocked.Increment(ref _copied);
        else
            Interlocked.Increment(ref _reported);
        options.Changed?.Invoke(change);
    }

    /// <summary>An error about one file, which stops nothing else.</summary>
    public TentacleException Error(TentacleErrorKind kind, string file, string message) => new(kind, message) { Peer = Site, File = file, Step = "configuration" };

    /// <summary>Tells the story.</summary>
    public void LogVerbose(string text) => options.Verbose?.Invoke($"{Site}: {text}.");
}
