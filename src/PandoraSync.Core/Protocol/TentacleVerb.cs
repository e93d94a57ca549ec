namespace PandoraSync.Protocol;

/// <summary>The words of the protocol (protocol.md, section 2).</summary>
public enum TentacleVerb
{
    /// <summary>Not a known command.</summary>
    Unknown,

    /// <summary>Gives the password's digest.</summary>
    Pass,

    /// <summary>Gives a file to the server.</summary>
    Send,

    /// <summary>Takes a copy of a file from the server.</summary>
    Recv,

    /// <summary>As <see cref="Send"/>, with the content as a PKZIP archive of one member.</summary>
    ZSend,

    /// <summary>As <see cref="Recv"/>, with the content as a PKZIP archive of one member.</summary>
    ZRecv,

    /// <summary>Lists a folder.</summary>
    Ls,

    /// <summary>Takes a file and has the server delete it.</summary>
    Mv,

    /// <summary>Ends the session.</summary>
    Quit,

    /// <summary>Has the server delete a file if it is what the client has; only between programs of ours (protocol.md, section 9).</summary>
    Del,
}
