using System;

namespace PandoraSync.Protocol;

/// <summary>The one error of this library: what went wrong, with which peer, at which file and step, and whether trying again can help.</summary>
public sealed class TentacleException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="message">One sentence for a person: what is wrong, where, and what to do.</param>
    /// <param name="inner">The cause, if another exception was.</param>
    public TentacleException(TentacleErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>What went wrong.</summary>
    public TentacleErrorKind Kind { get; }

    /// <summary>The peer as <c>host:port</c>; null where none is involved.</summary>
    public string? Peer { get; init; }

    /// <summary>The file's name or the local path; null where none is involved.</summary>
    public string? File { get; init; }

    /// <summary>The step that failed, such as <c>connect</c>, <c>LS</c> or <c>flush</c>.</summary>
    public string? Step { get; init; }

    /// <summary>What to do, as a sentence, where the message does not say it; null where its kind does.</summary>
    public string? Advice { get; private set; }

    /// <summary>True if the same attempt can succeed later without anybody changing a setting.</summary>
    public bool CanRetry => Kind is TentacleErrorKind.Unreachable or TentacleErrorKind.Timeout
        or TentacleErrorKind.Disconnected or TentacleErrorKind.Changed or TentacleErrorKind.Busy
        or TentacleErrorKind.Proxy;

    /// <summary>Says what to do.</summary>
    internal TentacleException Advise(string? advice)
    {
        Advice = advice;
        return this;
    }

    /// <summary>The message alone: where this is shown to people, it says all that they need; the stack is in its own property.</summary>
    public override string ToString() => Message;
}
