using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>Programs that contenders need, besides those of the tests.</summary>
internal static class Peers
{
    public static RealProgram Rsync { get; } = new("rsync", "rsync");

    public static RealProgram Sftp { get; } = new("sftp", "openssh-client");

    public static RealProgram Shell { get; } = new("sh", "dash");

    public static RealProgram Sync { get; } = new("sync", "coreutils");
}
