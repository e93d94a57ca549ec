namespace PandoraSync.Client;

/// <summary>Whether a session has a connection.</summary>
public enum TentacleSessionState
{
    /// <summary>No connection is open; the next use opens one.</summary>
    Idle,

    /// <summary>A connection is open.</summary>
    Connected,

    /// <summary>The session was removed.</summary>
    Closed,
}
