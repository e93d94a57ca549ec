using System;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Certificate;

/// <summary>Takes a certificate object, also one that comes back from a job or a file, or the path of a folder, and nothing else.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CertificateFolderTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            TentacleCertificate certificate => certificate,
            string path when path.Length > 0 => path,
            System.IO.FileSystemInfo folder => folder.FullName,
            _ when inputData is PSObject written && written.Properties["CertificatePath"]?.Value is string certificate => System.IO.Path.GetDirectoryName(certificate)!,
            _ => throw new ArgumentTransformationMetadataException("Give an object of New-TentacleCertificate, or the folder that it wrote to."),
        };
}
