using System;

namespace PandoraSync.Protocol;

/// <summary>The reasons that a server gives in <c>ERR (reason)</c> (protocol.md, section 2), and what a client reads in those of others.</summary>
internal static class RefusalReasons
{
    /// <summary>A file of that name is there, and nothing is overwritten.</summary>
    public const string Exists = "file already exists";

    /// <summary>There is no such file.</summary>
    public const string Missing = "file does not exist";

    /// <summary>Another client is moving the file.</summary>
    public const string InUse = "file is in use";

    /// <summary>The name cannot be stored or looked for.</summary>
    public const string InvalidName = "invalid file name";

    /// <summary>The file is empty or over the server's largest size.</summary>
    public const string TooLarge = "file is too big";

    /// <summary>The buffer is at its limit.</summary>
    public const string BufferFull = "buffer is full";

    /// <summary>The disk's reserve is reached.</summary>
    public const string NoSpace = "no space left";

    /// <summary>The file to be deleted is not what the client has (protocol.md, section 9).</summary>
    public const string OtherContent = "file has other content";

    /// <summary>What to do about a reason; null for one that is not known.</summary>
    public static string? Advice(string? reason) => reason switch
    {
        Exists => "Send it under another name (-NewName), or start the server with -Overwrite (-o).",
        InUse => "Wait until the other client has taken it, then try again.",
        InvalidName => "Rename the file, or send it under another name (-NewName).",
        TooLarge => "Raise the server's largest size (-MaxFileSize, -m).",
        BufferFull => "See that the buffer is drained, or raise the server's limits (-MaxBufferSize, -MaxBufferFiles, -MaxBufferAge).",
        NoSpace => "Make room on the server's disk, or lower its reserve (-MinimumFreeSpace).",
        _ => null,
    };

    /// <summary>True if a file is not there, in the words of any server.</summary>
    public static bool IsMissing(TentacleReply reply) =>
        reply.Reason is { } reason && reason.IndexOf("not exist", StringComparison.OrdinalIgnoreCase) >= 0;
}
