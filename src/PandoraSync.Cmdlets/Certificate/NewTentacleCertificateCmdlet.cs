using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Security;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Certificate;

/// <summary>
/// Makes an authority, certificates of servers and clients from it, and renews them with the same key. To repeat it changes nothing, until a certificate nears
/// its end.
/// </summary>
[Cmdlet(VerbsCommon.New, "TentacleCertificate", DefaultParameterSetName = IssueSet, SupportsShouldProcess = true)]
[OutputType(typeof(TentacleCertificate))]
public sealed class NewTentacleCertificateCmdlet : PandoraSyncCmdlet
{
    private const string AuthoritySet = "Authority";
    private const string IssueSet = "Issue";
    private const string RenewSet = "Renew";

    // Numbers: an enum of Core as a field would load Core before ModuleInitializer can say which.
    private int _role = (int)CertificateRole.ServerAndClient;
    private int _keyAlgorithm = (int)CertificateKeyAlgorithm.EcdsaP256;

    /// <summary>Makes an authority.</summary>
    [Parameter(ParameterSetName = AuthoritySet, Mandatory = true)]
    public SwitchParameter Authority { get; set; }

    /// <summary>The folder that has the authority (cacert.pem and cakey.pem), its cacert.pem, or the object that making it gave.</summary>
    [Parameter(ParameterSetName = IssueSet, Mandatory = true)]
    [Parameter(ParameterSetName = RenewSet)]
    [CertificateFolderTransformation]
    public object? Issuer { get; set; }

    /// <summary>The folder that has the certificate to renew (tentaclecert.pem and tentaclekey.pem, or cacert.pem and cakey.pem), or the object that making it gave.</summary>
    [Parameter(ParameterSetName = RenewSet, Mandatory = true)]
    [CertificateFolderTransformation]
    public object? Renew { get; set; }

    /// <summary>Host names and addresses of the server, or of the client where that is wanted. Give addresses too: stock clients check the address.</summary>
    [Parameter(ParameterSetName = IssueSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("DnsName", "ComputerName")]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The subject's common name; the first of -Name by default.</summary>
    [Parameter(ParameterSetName = AuthoritySet)]
    [Parameter(ParameterSetName = IssueSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? CommonName { get; set; }

    /// <summary>What the certificate is for; both by default.</summary>
    [Parameter(ParameterSetName = IssueSet, ValueFromPipelineByPropertyName = true)]
    [ValidateSet("Server", "Client", "ServerAndClient")]
    public CertificateRole Role
    {
        get => (CertificateRole)_role;
        set => _role = (int)value;
    }

    /// <summary>The kind of key; ECDSA P-256 by default.</summary>
    [Parameter(ParameterSetName = AuthoritySet)]
    [Parameter(ParameterSetName = IssueSet)]
    public CertificateKeyAlgorithm KeyAlgorithm
    {
        get => (CertificateKeyAlgorithm)_keyAlgorithm;
        set => _keyAlgorithm = (int)value;
    }

    /// <summary>Days that it is valid, 1 to 36,500: 3,650 for an authority and 730 for others by default, never longer than its authority.</summary>
    [Parameter]
    [ValidateRange(1, 36500)]
    public int? Days { get; set; }

    /// <summary>A certificate that is there already, as it is ordered, is renewed when it has fewer days left; 30 by default, and never more than a third of its time.</summary>
    [Parameter(ParameterSetName = AuthoritySet)]
    [Parameter(ParameterSetName = IssueSet)]
    [ValidateRange(0, 36500)]
    public int RenewBeforeDays { get; set; } = CertificateUpkeep.DefaultRenewBeforeDays;

    /// <summary>Encrypts the new key, and opens the old one when renewing.</summary>
    [Parameter]
    public SecureString? Passphrase { get; set; }

    /// <summary>Opens the authority's key.</summary>
    [Parameter(ParameterSetName = IssueSet)]
    [Parameter(ParameterSetName = RenewSet)]
    public SecureString? IssuerPassphrase { get; set; }

    /// <summary>The folder for cacert.pem, tentaclecert.pem and tentaclekey.pem, or for an authority cacert.pem and cakey.pem; made if it does not exist.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string OutputDirectory { get; set; } = string.Empty;

    /// <summary>Makes it anew, whatever is there, and overwrites files.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var folder = OrThrow(() => FileSystemPath(OutputDirectory), OutputDirectory);
        var what = ParameterSetName switch
        {
            AuthoritySet => "Make an authority",
            RenewSet => "Renew a certificate",
            _ => $"Issue a certificate ({Role}) for {string.Join(", ", Name.Length > 0 ? Name : [CommonName ?? "nobody"])}",
        };
        if (string.Equals(ParameterSetName, IssueSet, StringComparison.Ordinal) && Role == CertificateRole.Server && Name.Length == 0)
            ThrowTerminatingError(ErrorMapper.ToRecord(new TentacleException(TentacleErrorKind.Configuration, "A server's certificate needs the names and addresses that clients call it by: give them with -Name."), CommonName));
        if (!Force && OrThrow(() => Find(folder), folder) is { } there)
            KeepUp(there, folder);
        else if (ShouldProcess(folder, what))
            Write(Make, folder, Force);
    }

    /// <summary>The certificate that the folder has, if it is the one that is ordered.</summary>
    private IssuedCertificate? Find(string folder) => ParameterSetName switch
    {
        RenewSet => null,
        AuthoritySet => CertificateUpkeep.Find(folder, AuthorityOrder(), Passphrase, () => null),
        _ => CertificateUpkeep.Find(folder, IssueOrder(), Passphrase, () => Load(Issuer!, IssuerPassphrase)),
    };

    private void KeepUp(IssuedCertificate there, string folder)
    {
        var end = there.NotAfter.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var isDue = CertificateUpkeep.IsDue(there, RenewBeforeDays, DateTime.UtcNow);
        if (isDue && !CertificateUpkeep.CanOutlive(there))
        {
            WriteWarning($"The certificate '{there.Subject}' in '{folder}' ends on {end}, and so does its authority: renew that first.");
            isDue = false;
        }

        if (isDue && ShouldProcess(folder, $"Renew the certificate '{there.Subject}', which ends on {end}"))
            Write(() => CertificateIssuer.Renew(there, Issuer is null ? null : Load(Issuer, IssuerPassphrase), Days), folder, overwrite: true);
        else if (!isDue && CertificateFiles.HasAuthority(there, folder))
            WriteObject(new TentacleCertificate(there, CertificateFiles.PathsIn(folder, there.Role)));
        else if (!isDue && ShouldProcess(folder, $"Write the renewed authority of '{there.Subject}'"))
            Write(() => there, folder, overwrite: true);
    }

    private void Write(Func<IssuedCertificate> make, string folder, bool overwrite) => WriteObject(OrThrow(() =>
    {
        var made = make();
        return new TentacleCertificate(made, CertificateFiles.Write(made, folder, Passphrase, overwrite)) { HasChanged = true };
    }, folder));

    private IssuedCertificate Make() => ParameterSetName switch
    {
        AuthoritySet => CertificateIssuer.CreateAuthority(AuthorityOrder()),
        RenewSet => CertificateIssuer.Renew(Load(Renew!, Passphrase), Issuer is null ? null : Load(Issuer, IssuerPassphrase), Days),
        _ => CertificateIssuer.Issue(Load(Issuer!, IssuerPassphrase), IssueOrder()),
    };

    private CertificateOrder AuthorityOrder() => Order(CommonName ?? "PandoraSync authority", CertificateRole.Authority);

    private CertificateOrder IssueOrder() => Order(
        CommonName ?? Name.FirstOrDefault() ?? throw new TentacleException(TentacleErrorKind.Configuration, "The certificate needs a name: give -Name with the host's names and addresses, or -CommonName."),
        Role);

    private CertificateOrder Order(string commonName, CertificateRole role)
    {
        var order = new CertificateOrder(commonName, role, Name) { KeyAlgorithm = KeyAlgorithm };
        return Days is { } days ? order with { Days = days } : order;
    }

    /// <summary>A certificate that this cmdlet wrote, with the key beside it.</summary>
    private static IssuedCertificate LoadFile(string certificate, SecureString? passphrase)
    {
        var key = string.Equals(System.IO.Path.GetFileName(certificate), CertificateFiles.AuthorityName, StringComparison.Ordinal) ? CertificateFiles.AuthorityKeyName : CertificateFiles.KeyName;
        return IssuedCertificate.FromFiles(certificate, System.IO.Path.Combine(System.IO.Path.GetDirectoryName(certificate)!, key), passphrase);
    }

    /// <summary>An object of this cmdlet, a folder that it wrote, or the certificate in it.</summary>
    private IssuedCertificate Load(object source, SecureString? passphrase)
    {
        if (source is TentacleCertificate made)
            return made.Issued;
        var folder = FileSystemPath((string)source);
        if (System.IO.File.Exists(folder))
            return LoadFile(folder, passphrase);
        var certificate = System.IO.Path.Combine(folder, CertificateFiles.CertificateName);
        return System.IO.File.Exists(certificate)
            ? IssuedCertificate.FromFiles(certificate, System.IO.Path.Combine(folder, CertificateFiles.KeyName), passphrase)
            : IssuedCertificate.FromFiles(System.IO.Path.Combine(folder, CertificateFiles.AuthorityName), System.IO.Path.Combine(folder, CertificateFiles.AuthorityKeyName), passphrase);
    }
}
