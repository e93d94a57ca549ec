<#
.SYNOPSIS
Shows PandoraSync end to end on this machine: a buffer, agents' data, a drain, the result.
.DESCRIPTION
It uses loopback and temporary folders only, and cleans up after itself.
.PARAMETER Intervals
How many intervals each of the three agents has measured: so many files it sends.
#>
[CmdletBinding()]
param([ValidateRange(1, 100)] [int]$Intervals = 3)
$ErrorActionPreference = 'Stop'
if (-not (Get-Command -Name Start-TentacleServer -ErrorAction Ignore)) {
    Import-Module -Name ([IO.Path]::Combine($PSScriptRoot, '..', 'artifacts', 'module', 'PandoraSync'))
}

# A site: in the isolated network a Tentacle server keeps what agents send (the buffer).
$root = [IO.Path]::Combine([IO.Path]::GetTempPath(), 'pandorasync-' + [guid]::NewGuid().ToString('N'))
$buffer = [IO.Directory]::CreateDirectory([IO.Path]::Combine($root, 'buffer')).FullName
$agents = [IO.Directory]::CreateDirectory([IO.Path]::Combine($root, 'agents')).FullName
$incoming = [IO.Directory]::CreateDirectory([IO.Path]::Combine($root, 'incoming')).FullName

$server = Start-TentacleServer -Path $buffer -Address 127.0.0.1 -Port 0
try {
    # Three agents write what they measured, and send it.
    $epoch = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds() - 300 * $Intervals
    foreach ($agent in 'web-01', 'db-01', 'edge-01') {
        foreach ($interval in 0..($Intervals - 1)) {
            $time = [DateTimeOffset]::FromUnixTimeSeconds($epoch + 300 * $interval)
            $load = [math]::Round(0.3 + 0.25 * $interval, 2)
            $xml = @"
<?xml version='1.0' encoding='UTF-8'?>
<agent_data agent_name='$agent' os_name='Linux' interval='300' version='7.0' timestamp='$($time.ToString('yyyy\/MM\/dd HH\:mm\:ss'))'>
  <module>
    <name><![CDATA[Load Average]]></name>
    <type>generic_data</type>
    <data><![CDATA[$load]]></data>
  </module>
</agent_data>
"@
            [IO.File]::WriteAllText([IO.Path]::Combine($agents, "$agent.$($time.ToUnixTimeSeconds()).data"), $xml)
        }
    }
    $site = New-TentacleSession -ComputerName 127.0.0.1 -Port $server.Port
    Send-TentacleFile -Session $site -Path ([IO.Path]::Combine($agents, '*.data'))

    'In the buffer:'
    Get-TentacleFile -Session $site -Detailed | Out-Default

    # The main server calls in and takes everything, oldest first.
    'Drained:'
    Invoke-PandoraSync -ComputerName "127.0.0.1:$($server.Port)" -Destination $incoming | Out-Default

    "In the incoming directory: $([IO.Directory]::GetFiles($incoming).Count) files; left in the buffer: $(@(Get-TentacleFile -Session $site).Count)"
    Remove-TentacleSession -Session $site
}
finally {
    Stop-TentacleServer -Server $server
    [IO.Directory]::Delete($root, $true)
}
