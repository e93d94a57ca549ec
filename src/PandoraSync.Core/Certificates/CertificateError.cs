using System;
using PandoraSync.Protocol;

namespace PandoraSync.Certificates;

/// <summary>Makes the error for a local certificate, key, authority, revocation list or passphrase that cannot be used.</summary>
internal static class CertificateError
{
    public static TentacleException At(string path, string message, Exception? inner = null) =>
        new(TentacleErrorKind.Certificate, message, inner) { File = path, Step = "certificate" };

    public static TentacleException General(string message, Exception? inner = null) =>
        new(TentacleErrorKind.Certificate, message, inner) { Step = "certificate" };
}
