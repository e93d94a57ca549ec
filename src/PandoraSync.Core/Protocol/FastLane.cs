using System;

namespace PandoraSync.Protocol;

/// <summary>
/// What two programs of ours can do together beyond stock: several questions at once, and deletion by content (protocol.md, section 9).
/// </summary>
internal static class FastLane
{
    /// <summary>
    /// The refusal of <see cref="FileNameRules.ProbeName"/> by a server that has it. To a client that does not know it, it says what a
    /// stock server says.
    /// </summary>
    public const string Announcement = RefusalReasons.Missing + "; fast lane 1";

    /// <summary>Longer files take a server a while to hash; answers that are ready do not wait for that.</summary>
    public const long MostBytesHashedInPassing = 1024 * 1024;

    /// <summary>True if the answer to the question for <see cref="FileNameRules.ProbeName"/> announces it.</summary>
    public static bool IsAnnouncedBy(TentacleReply reply) => string.Equals(reply.Reason, Announcement, StringComparison.Ordinal);
}
