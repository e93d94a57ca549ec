# One worker's round. JOB_COMPLETION_INDEX, which Kubernetes sets, says which worker this is, and so which of the sites are its own.
$secrets = '/run/secrets/pandorasync'
$drain = @{
    Destination     = '/incoming'
    WorkerCount     = $env:WORKERS
    CaPath          = "$secrets/cacert.pem"
    CertificatePath = "$secrets/tentaclecert.pem"
    KeyPath         = "$secrets/tentaclekey.pem"
}
if ([IO.File]::Exists("$secrets/password")) {
    $password = ConvertTo-SecureString -String ([IO.File]::ReadAllText("$secrets/password").Trim()) -AsPlainText -Force
    $drain.Credential = [pscredential]::new('pandorasync', $password)
}
# Each result is a line of the pod's log. A site that failed, or a row that cannot be read, has the pod fail, and the Job try again.
Import-Csv -Path /etc/pandorasync/sites.csv | Invoke-PandoraSync @drain | ForEach-Object { ConvertTo-Json -InputObject $_ -Compress }
if (-not $?) { exit 1 }
