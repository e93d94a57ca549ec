namespace PandoraSync.Protocol;

/// <summary>What went wrong, in the few kinds that a caller can act on differently.</summary>
public enum TentacleErrorKind
{
    /// <summary>The host name has no address.</summary>
    NameNotFound,

    /// <summary>No connection could be made: refused, no route, no answer to the connection attempt.</summary>
    Unreachable,

    /// <summary>The peer did not answer, or did not take what was sent, within the time-out.</summary>
    Timeout,

    /// <summary>The connection ended in the middle of a conversation.</summary>
    Disconnected,

    /// <summary>The server closed after PASS, or asks for a password that was not given.</summary>
    AuthenticationFailed,

    /// <summary>What came is not Tentacle, or breaks its rules.</summary>
    Protocol,

    /// <summary>The server answered ERR; its reason is in the message.</summary>
    Refused,

    /// <summary>The server does not have the file (or it is a folder).</summary>
    NotFound,

    /// <summary>The server does not allow listing and moving (a stock server without <c>-I</c>), so it closed the connection.</summary>
    NotAllowed,

    /// <summary>A file name that may not be used; nothing was sent.</summary>
    BadName,

    /// <summary>A file changed while it was being transferred.</summary>
    Changed,

    /// <summary>A local file or folder is missing, not permitted, in the way or cannot be written.</summary>
    LocalFile,

    /// <summary>The local disk is full.</summary>
    DiskFull,

    /// <summary>The local address is in use, not permitted or not on this machine.</summary>
    Address,

    /// <summary>Another run is using the same incoming directory.</summary>
    Busy,

    /// <summary>A content limit was passed: too large, or compressed beyond the allowed ratio.</summary>
    TooLarge,

    /// <summary>The peer's certificate is not trusted, or ours was refused, or TLS could not be agreed.</summary>
    Trust,

    /// <summary>A local certificate, key, authority or passphrase cannot be used.</summary>
    Certificate,

    /// <summary>A configuration file, option or value is wrong.</summary>
    Configuration,

    /// <summary>The proxy refused or broke the connection.</summary>
    Proxy,
}
