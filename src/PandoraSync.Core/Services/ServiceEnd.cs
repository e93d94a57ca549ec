namespace PandoraSync.Services;

/// <summary>Which end a service is.</summary>
internal enum ServiceEnd
{
    /// <summary>The sync server, which drains sites.</summary>
    Sync,

    /// <summary>The Tentacle server, which keeps what agents send.</summary>
    Server,
}
