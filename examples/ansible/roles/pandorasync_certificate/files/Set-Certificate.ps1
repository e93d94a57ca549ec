# Makes and renews the certificates that standard input names, as JSON, and says as JSON which of them changed. The cmdlet leaves alone what is as ordered.
[CmdletBinding(SupportsShouldProcess)]
param([Parameter(Mandatory)] [string]$Module)
$ErrorActionPreference = 'Stop'
try {
    Import-Module -Name $Module
    $order = [Console]::In.ReadToEnd() | ConvertFrom-Json
    $secret = @{}
    $issuerSecret = @{}
    if ($order.passphrase) {
        $secret.Passphrase = $issuerSecret.IssuerPassphrase = ConvertTo-SecureString -String $order.passphrase -AsPlainText -Force
    }
    $days = @{ RenewBeforeDays = $order.renew_before_days }
    $made = @(
        New-TentacleCertificate -Authority -CommonName $order.authority_name -OutputDirectory $order.authority @days @secret
        foreach ($machine in $order.machines) {
            $folder = [IO.Path]::Combine($order.authority, 'machines', $machine.name)
            New-TentacleCertificate -CommonName $machine.name -Name $machine.names -Role $machine.role -Issuer $order.authority -OutputDirectory $folder @days @issuerSecret
        }
    )
    @{ changed = @($made | Where-Object HasChanged | ForEach-Object Subject) } | ConvertTo-Json -Compress
}
catch {
    # One sentence, without what the shell writes around it.
    [Console]::Error.WriteLine("$_")
    exit 1
}
