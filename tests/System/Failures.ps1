# Produces the failures of FailureTests and writes as JSON what Test-TentacleServer says of each.
param([Parameter(Mandatory)] [string]$Folder, [Parameter(Mandatory)] [string]$PortFile)
$ErrorActionPreference = 'Stop'
$ports = Get-Content $PortFile | ConvertFrom-Json
function New-Buffer { $path = Join-Path $Folder ([guid]::NewGuid()); $null = New-Item -ItemType Directory $path; Set-Content "$path/web-01.1790000000.data" x; $path }
function Password($Text) { [pscredential]::new('any', (ConvertTo-SecureString $Text -AsPlainText -Force)) }
$at = @{ Address = '127.0.0.1'; Port = 0 }
$ours = Start-TentacleServer (New-Buffer) @at
$tls = Start-TentacleServer (New-Buffer) @at -CertificatePath "$Folder/site.pem" -KeyPath "$Folder/site.key"
$misnamed = Start-TentacleServer (New-Buffer) @at -CertificatePath "$Folder/misnamed.pem" -KeyPath "$Folder/misnamed.key"
$mutual = Start-TentacleServer (New-Buffer) @at -CertificatePath "$Folder/site.pem" -KeyPath "$Folder/site.key" -CaPath "$Folder/ca.pem"
$guarded = Start-TentacleServer (New-Buffer) @at -Credential (Password sesame)
$sendOnly = Start-TentacleServer (New-Buffer) @at -SendOnly
$full = Start-TentacleServer (New-Buffer) @at -MaxConnections 1 -TimeoutSec 60
$taken = [Net.Sockets.TcpClient]::new('127.0.0.1', $full.Port)
while ((Get-TentacleServer | Where-Object Id -EQ $full.Id).Connections -lt 1) { Start-Sleep -Milliseconds 20 }
$ca = @{ CaPath = "$Folder/ca.pem" }
$client = @{ CertificatePath = "$Folder/main.pem"; KeyPath = "$Folder/main.key" }
function Test($Failure, $Server, $Port, $Parameters = @{}) {
    $step = Test-TentacleServer 127.0.0.1 -Port $Port -TimeoutSec 1.5 -RetryCount 0 @Parameters | Select-Object -Last 1
    [pscustomobject] @{ Failure = $Failure; Server = $Server; Port = $Port; Step = $step.Step; Succeeded = $step.Succeeded; Detail = $step.Detail; Action = $step.RecommendedAction }
}
$found = @(
    Test '1. Wrong port: nobody listens' 'none' $ports.Closed
    Test '1. Wrong port: a web server' 'web' $ports.Web
    Test '2. TLS not used' 'ours' $tls.Port
    Test '2. TLS not used' 'stock' $ports.StockTls
    Test '2. TLS used, server has none' 'ours' $ours.Port $ca
    Test '2. TLS used, server has none' 'stock' $ports.Stock $ca
    Test '3. Password missing' 'ours' $guarded.Port
    Test '3. Password missing' 'stock' $ports.StockPassword
    Test '3. Password wrong' 'ours' $guarded.Port @{ Credential = Password wrong }
    Test '3. Password wrong' 'stock' $ports.StockPassword @{ Credential = Password wrong }
    Test '4. Another authority' 'ours' $tls.Port @{ CaPath = "$Folder/other.pem" }
    Test '4. Another authority' 'stock' $ports.StockTls @{ CaPath = "$Folder/other.pem" }
    Test '5. Another name' 'ours' $misnamed.Port $ca
    Test '5. Another name' 'stock' $ports.StockMisnamed $ca
    Test '6. Client certificate missing' 'ours' $mutual.Port $ca
    Test '6. Client certificate missing' 'OpenSSL' $ports.OpenSsl $ca
    Test '6. Client certificate not wanted' 'ours' $mutual.Port ($ca + $client)
    Test '6. Client certificate not wanted' 'OpenSSL' $ports.OpenSsl ($ca + $client)
    Test '7. Insecure mode off' 'ours' $sendOnly.Port
    Test '7. Insecure mode off' 'stock' $ports.StockSendOnly
    Test '8. No such filter folder' 'ours' $ours.Port @{ Folder = 'conf' }
    Test '8. No such filter folder' 'stock' $ports.Stock @{ Folder = 'conf' }
    Test '9. All connections taken' 'ours' $full.Port
    Test '9. All connections taken' 'stock' $ports.StockFull
    Test '10. Proxy not there' 'stock' $ports.Stock @{ Proxy = "127.0.0.1:$($ports.Closed)" }
    Test '10. Proxy wants a password' 'tinyproxy' $ports.Stock @{ Proxy = "127.0.0.1:$($ports.GuardedProxy)" }
    Test '10. Proxy refuses the port' 'tinyproxy' $ports.Stock @{ Proxy = "127.0.0.1:$($ports.Proxy)" }
)
$taken.Dispose()
Get-TentacleServer | Stop-TentacleServer
ConvertTo-Json $found
