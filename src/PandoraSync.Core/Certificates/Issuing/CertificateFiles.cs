using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security;
using System.Text;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;

namespace PandoraSync.Certificates.Issuing;

/// <summary>
/// Writes certificates and keys under the names that Pandora FMS's documentation uses. Each file appears whole or not at all; private
/// keys are their owner's alone from the first byte; nothing is overwritten without being told to.
/// </summary>
internal static class CertificateFiles
{
    /// <summary>File name of an authority's certificate.</summary>
    public const string AuthorityName = "cacert.pem";

    /// <summary>File name of an authority's private key; it stays where certificates are issued.</summary>
    public const string AuthorityKeyName = "cakey.pem";

    /// <summary>File name of a certificate.</summary>
    public const string CertificateName = "tentaclecert.pem";

    /// <summary>File name of a certificate's private key.</summary>
    public const string KeyName = "tentaclekey.pem";

    /// <summary>Writes an authority as <c>cacert.pem</c> and <c>cakey.pem</c>, or another certificate as <c>cacert.pem</c>, <c>tentaclecert.pem</c> and <c>tentaclekey.pem</c>.</summary>
    /// <param name="certificate">What to write.</param>
    /// <param name="directory">The folder; made if it does not exist.</param>
    /// <param name="passphrase">Encrypts the private key; null to leave it readable to its owner.</param>
    /// <param name="overwrite">True to replace files that exist with other content.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.LocalFile"/>: a file exists already, or the folder cannot be written; nothing is changed then, or only whole files.</exception>
    public static CertificatePaths Write(IssuedCertificate certificate, string directory, SecureString? passphrase, bool overwrite)
    {
        var paths = PathsIn(directory, certificate.Role);
        var files = new List<NewFile> { new(paths.KeyPath, certificate.ToKeyPem(passphrase), IsPrivate: true), new(paths.CaPath, certificate.ToAuthorityPem(), IsPrivate: false) };
        if (certificate.Role != CertificateRole.Authority)
            files.Add(new NewFile(paths.CertificatePath, certificate.ToCertificatePem(), IsPrivate: false));
        Write(files, Path.GetFullPath(directory), overwrite);
        return paths;
    }

    /// <summary>Where a folder has the files of a certificate.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="role">What the certificate is for.</param>
    public static CertificatePaths PathsIn(string directory, CertificateRole role) => new()
    {
        CaPath = Path.GetFullPath(Path.Combine(directory, AuthorityName)),
        CertificatePath = Path.GetFullPath(Path.Combine(directory, role == CertificateRole.Authority ? AuthorityName : CertificateName)),
        KeyPath = Path.GetFullPath(Path.Combine(directory, role == CertificateRole.Authority ? AuthorityKeyName : KeyName)),
    };

    /// <summary>True if the folder's <c>cacert.pem</c> is the authority of this certificate as it is now; not so when that has been renewed since.</summary>
    public static bool HasAuthority(IssuedCertificate certificate, string directory) => IsSame(new NewFile(PathsIn(directory, certificate.Role).CaPath, certificate.ToAuthorityPem(), IsPrivate: false));

    private static void Write(List<NewFile> files, string directory, bool overwrite)
    {
        var temporary = new List<string>();
        var at = directory;
        try
        {
            if (File.Exists(directory))
                throw LocalFileError.NotAFolder(directory, "write");
            Directory.CreateDirectory(directory);
            using var folder = FolderHandle.Open(directory);
            var changed = files.Where(f => !IsSame(f)).ToList();
            if (!overwrite && changed.FirstOrDefault(f => File.Exists(f.Path) || Directory.Exists(f.Path)) is { } existing)
                throw Exists(existing.Path);
            foreach (var file in changed)
            {
                at = file.Path;
                temporary.Add(WriteBeside(file));
            }

            for (var i = 0; i < changed.Count; i++)
            {
                at = changed[i].Path;
                MoveInto(temporary[i], changed[i], overwrite);
            }

            folder.Flush();
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, at, "write");
        }
        finally
        {
            foreach (var left in temporary.Where(File.Exists))
                File.Delete(left);
        }
    }

    private static string WriteBeside(NewFile file)
    {
        var (stream, path) = file.IsPrivate ? PrivateFile.CreateBeside(file.Path) : CreateBeside(file.Path);
        using (stream)
        {
            var bytes = Encoding.ASCII.GetBytes(file.Content);
            stream.Write(bytes, 0, bytes.Length);
            FileSystemCalls.Flush(stream);
            Array.Clear(bytes, 0, bytes.Length);
        }

        return path;
    }

    private static (FileStream Stream, string Path) CreateBeside(string path)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        return (new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None), temporary);
    }

    private static void MoveInto(string temporary, NewFile file, bool overwrite)
    {
        if (!overwrite)
        {
            if (!FileSystemCalls.TryRename(temporary, file.Path))
                throw Exists(file.Path);
            return;
        }

        // Replacing a file on Windows keeps the old one's access list, which may let others read the new key.
        if (file.IsPrivate && RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            File.Delete(file.Path);
        FileSystemCalls.RenameOver(temporary, file.Path);
    }

    /// <summary>True if the file is there already, as an authority's certificate often is; a private key is never left as it is, since its access rights may be wrong.</summary>
    private static bool IsSame(NewFile file) =>
        !file.IsPrivate && File.Exists(file.Path) && new FileInfo(file.Path).Length == file.Content.Length && string.Equals(File.ReadAllText(file.Path), file.Content, StringComparison.Ordinal);

    private static TentacleException Exists(string path) =>
        new(TentacleErrorKind.LocalFile, $"'{path}' exists already and is not overwritten: use another folder, or -Force if the old file is not needed any more.") { File = path, Step = "write" };

    private sealed record NewFile(string Path, string Content, bool IsPrivate);
}
