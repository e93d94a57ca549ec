using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Utilities.IO.Pem;
using PandoraSync.Certificates.Trust;
using PandoraSync.Files;
using PandoraSync.Protocol;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Certificates.Pem;

/// <summary>Reads PEM files; every error names the file and what is wrong with it.</summary>
internal static class PemFile
{
    private const int MaxBytes = 4 * 1024 * 1024;
    private const int MaxRevocationListBytes = 64 * 1024 * 1024;

    /// <summary>Reads all PEM objects of a file, in order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it should hold, for messages: <c>certificate</c>, <c>private key</c>, <c>authority</c>.</param>
    /// <param name="requireAbsolutePath">True to refuse a relative path.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>.</exception>
    public static IReadOnlyList<PemObject> Read(string path, string what, bool requireAbsolutePath)
    {
        var bytes = ReadBytes(path, what, requireAbsolutePath, MaxBytes);
        if (bytes.Length == 0)
            throw CertificateError.At(path, $"The {what} file '{path}' is empty.");
        if (IsBinary(bytes))
            throw CertificateError.At(path, $"The {what} file '{path}' is not PEM but binary (DER or PKCS#12): convert it with 'openssl x509 -inform der', 'openssl pkey -inform der' or 'openssl pkcs12 -nodes'.");
        var objects = Parse(bytes, path, what);
        return objects.Count > 0
            ? objects
            : throw CertificateError.At(path, $"The {what} file '{path}' is not PEM: it has no line that starts with '-----BEGIN'.");
    }

    /// <summary>Reads the certificates of a file, in order; other objects in it are passed over.</summary>
    /// <returns>At least one.</returns>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>.</exception>
    public static IReadOnlyList<BcCertificate> ReadCertificates(string path, string what, bool requireAbsolutePath)
    {
        var objects = Read(path, what, requireAbsolutePath);
        var certificates = objects.Where(o => IsCertificate(o.Type)).Select(o => ToCertificate(o, path, what)).ToList();
        if (certificates.Count > 0)
            return certificates;
        var hint = objects.Any(o => PemPrivateKey.IsKey(o.Type)) ? ": perhaps the paths of certificate and key are exchanged" : string.Empty;
        throw CertificateError.At(path, $"The {what} file '{path}' holds no certificate but '{TentacleText.Show(objects[0].Type)}'{hint}.");
    }

    /// <summary>Reads a file that may be PEM or DER, for revocation lists, which certification authorities publish in either form.</summary>
    public static IReadOnlyList<byte[]> ReadBlobs(string path, string what, string type, bool requireAbsolutePath)
    {
        var bytes = ReadBytes(path, what, requireAbsolutePath, MaxRevocationListBytes);
        if (IsBinary(bytes))
            return [bytes];
        var blobs = Parse(bytes, path, what).Where(o => string.Equals(o.Type, type, StringComparison.Ordinal)).Select(o => o.Content).ToList();
        return blobs.Count > 0 ? blobs : throw CertificateError.At(path, $"The {what} file '{path}' holds no '{type}', neither as PEM nor as DER.");
    }

    /// <summary>Refuses a relative path: services run in a folder that nobody has in mind.</summary>
    public static void RequireAbsolute(string path, string what)
    {
        if (!IsAbsolute(path))
            throw CertificateError.At(path, $"The path '{path}' of the {what} is relative: use an absolute path, since a service does not run in the folder that the file was written for.");
    }

    private static byte[] ReadBytes(string path, string what, bool requireAbsolutePath, int maxBytes)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw CertificateError.General($"The path of the {what} is empty.");
        if (requireAbsolutePath)
            RequireAbsolute(path, what);
        if (Directory.Exists(path))
            throw CertificateError.At(path, $"The path '{path}' of the {what} is a folder: give a PEM file.");
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > maxBytes)
                throw CertificateError.At(path, $"The {what} file '{path}' is larger than {maxBytes / 1024 / 1024} MB: it cannot be one.");
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CertificateError.At(path, $"The {what} file '{path}' does not exist: correct the path.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw CertificateError.At(path, $"The {what} file '{path}' may not be read by this user: check its owner and mode.", e);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e) || e is ArgumentException)
        {
            throw CertificateError.At(path, $"The {what} file '{path}' cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static List<PemObject> Parse(byte[] bytes, string path, string what)
    {
        try
        {
            using var text = new StreamReader(new MemoryStream(bytes), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
            using var reader = new PemReader(text);
            var objects = new List<PemObject>();
            while (reader.ReadPemObject() is { } found)
                objects.Add(found);
            return objects;
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            throw CertificateError.At(path, $"The {what} file '{path}' is damaged PEM: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static BcCertificate ToCertificate(PemObject pem, string path, string what)
    {
        try
        {
            // A "TRUSTED CERTIFICATE" has OpenSSL's own notes behind the certificate; only the first object is the certificate.
            using var asn1 = new Asn1InputStream(pem.Content);
            var certificate = new BcCertificate(X509CertificateStructure.GetInstance(asn1.ReadObject()));
            if (CertificateBounds.WhyRefused(certificate) is { } beyond)
                throw CertificateError.At(path, $"A certificate in the {what} file '{path}' {beyond}: have one with another key made.");
            _ = certificate.GetPublicKey();
            return certificate;
        }
        catch (Exception e) when (e is not (OutOfMemoryException or TentacleException))
        {
            throw CertificateError.At(path, $"A certificate in the {what} file '{path}' is damaged or of an unknown form: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static bool IsCertificate(string type) => type is "CERTIFICATE" or "X509 CERTIFICATE" or "TRUSTED CERTIFICATE";

    private static bool IsBinary(byte[] bytes) => bytes.Length > 1 && bytes[0] == 0x30 && (bytes[1] & 0x80) != 0;

    private static bool IsAbsolute(string path)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            return path.StartsWith("/", StringComparison.Ordinal);
        return path.StartsWith(@"\\", StringComparison.Ordinal) || (path.Length > 2 && path[1] == ':' && path[2] is '\\' or '/');
    }
}
