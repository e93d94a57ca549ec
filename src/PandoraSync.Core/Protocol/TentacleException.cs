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

    /// <summary>What is wrong, as a sentence, where the message also says what to do; null where the message says only this, or the two were not parted.</summary>
    public string? Problem { get; private set; }

    /// <summary>What to do, as a sentence, where it was said apart from what is wrong; null where the message or its kind says it.</summary>
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

    /// <summary>Says what is wrong and what to do, which the message has in one sentence.</summary>
    internal TentacleException Part(string problem, string advice)
    {
        Problem = problem;
        return Advise(advice);
    }

    /// <summary>The message alone: where this is shown to people, it says all that they need; the stack is in its own property.</summary>
    public override string ToString() => Message;
}
