using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Sessions;
using PandoraSync.Transport;

namespace PandoraSync.Cmdlets.Base;

/// <summary>For cmdlets that talk to one server: through a session that is given, or through one of their own for the time they run.</summary>
public abstract class SessionCmdlet : ConnectionCmdlet
{
    /// <summary>The parameter set that takes a session.</summary>
    protected const string BySession = "Session";

    // By everything that the options say, the secrets included: whoever comes with another login must not get this one's connection.
    private readonly Dictionary<TentacleClientOptions, TentacleSession> _own = [];

    /// <summary>A session from New-TentacleSession, or its name or number.</summary>
    [Parameter(ParameterSetName = BySession, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [SessionTransformation]
    public virtual RegisteredSession Session { get; set; } = null!;

    /// <summary>The server: a name or an address, with a port behind a colon or without.</summary>
    [Parameter(ParameterSetName = ByComputerName, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Server", "Site", "HostName", "a")]
    [ArgumentCompleter(typeof(ServerCompleter))]
    [ValidateNotNullOrEmpty]
    public string ComputerName { get; set; } = string.Empty;

    /// <summary>
    /// An object from the pipeline that knows its session: a file that was listed with a password and certificates is reached with them again. What
    /// the command itself says of them counts, and the rest stays as it was.
    /// </summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipeline = true, DontShow = true)]
    public IPipedItem? InputObject { get; set; }

    /// <summary>The session to use for the item at hand; null if its parameters cannot be used, which has been said then.</summary>
    protected TentacleSession? ResolveSession()
    {
        if (string.Equals(ParameterSetName, BySession, System.StringComparison.Ordinal))
            return Session.Inner;
        var own = InputObject is { } item && !NamesServer ? item.GetSession().Inner : null;
        if (own is not null && !SaysHowToConnect)
            return own;
        if (TryCreate(() => own is null ? MakeOptions(ComputerName) : MakeOptions(own.Options), ComputerName) is not { } options)
            return null;
        if (!_own.TryGetValue(options, out var session))
            _own[options] = session = new TentacleSession(options);
        return session;
    }

    /// <summary>Ends the connections of sessions of our own; those sessions stay usable for whoever got an object that carries one.</summary>
    protected override void EndProcessing() => EndOwnConnections();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !StopToken.IsCancellationRequested)
            EndOwnConnections();
        base.Dispose(disposing);
    }

    private void EndOwnConnections()
    {
        foreach (var session in _own.Values)
            session.DisconnectAsync(CancellationToken.None).GetAwaiter().GetResult();
        _own.Clear();
    }
}
