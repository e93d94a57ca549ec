using System.IO;

namespace PandoraSync.Bench;

/// <summary>OpenSSH's file server, which is not on the PATH.</summary>
internal static class SftpServer
{
    public const string Path = "/usr/lib/openssh/sftp-server";

    public static string? WhyMissing => Peers.Sftp.WhyMissing ?? (File.Exists(Path) ? null : "sftp-server is not installed: run 'apt-get install openssh-sftp-server'.");
}
