# Compares each view, at 80 and at 120 columns, with the text in tests/Pester/Views. After a change that is meant, run with
# PANDORASYNC_UPDATE_VIEWS=1, look at the files, and commit them.
BeforeDiscovery {
    $cases = foreach ($width in 80, 120) {
        foreach ($view in 'sites', 'servers', 'sessions', 'files', 'sent', 'received', 'test', 'certificates', 'configuration', 'settings', 'carried') { @{ view = $view; width = $width } }
    }
}

BeforeAll {
    Import-Module ([IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'artifacts', 'module', 'PandoraSync')))

    # Short and of one length, since paths are wrapped.
    $root = [IO.Path]::Combine([IO.Path]::GetPathRoot($PSScriptRoot), 'tmp', "pv-$([guid]::NewGuid().ToString('N').Substring(0, 6))")
    function New-Folder($Name) { [IO.Directory]::CreateDirectory([IO.Path]::Combine($root, $Name)).FullName }
    function New-Buffer($Name, $Files) {
        $folder = New-Folder $Name
        foreach ($file in $Files.GetEnumerator()) { [IO.File]::WriteAllBytes([IO.Path]::Combine($folder, $file.Key), [byte[]]::new($file.Value)) }
        $folder
    }

    # Ports, times and folders differ from run to run; they are replaced by others of the same width.
    function Format-Stable($Text, $Width) {
        $lines = ($Text | Out-String -Width $Width) -replace '\e\[[0-9;]*m' -split "\r?\n" | ForEach-Object { $_.TrimEnd() }
        foreach ($line in $lines) { $line.Length | Should -BeLessOrEqual $Width }
        $text = ($lines -join "`n").Trim("`n") -replace '(?<=127\.0\.0\.1:)\d{5}', '41121' -replace '(?m)(?<=^ *\d+ (Running|Stopped) )\d{5}', '41121'
        $text = $text -replace '\d{5}(?= accepts)', '41121' -replace '(?m)^[ \d]{4}(?= (Running|Idle|Connected))', '   1' -replace 'pv-[0-9a-f]{6}', 'pv-123456'
        $text = $text -replace '(?m)(?<=^[A-Z]\w+ +\d+ +[\d.]+ .?B +\d+ +)\d\.\d\d', '0.01' -replace '20\d\d-\d\d-\d\d(?= CN=)', '2028-01-01' -replace '20\d\d-\d\d-\d\d \d\d:\d\d:', '2025-10-09 08:53:'
        $text + "`n"
    }

    $files = [ordered] @{ 'agent one.1760000000.data' = 812; 'a-name-that-is-much-longer-than-most-because-somebody-thought-of-everything.1760000001.data' = 1572864; 'b$d.1760000002.data' = 4 }
    $buffer = New-Buffer buffer $files
    $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
    $at = @{ ComputerName = '127.0.0.1'; Port = $server.Port }
    $session = New-TentacleSession @at -Name 'north-west'
    $sent = [IO.Path]::Combine((New-Buffer sent @{ 'sent.1760000003.data' = 20480 }), 'sent.1760000003.data')
    $conf = [IO.Path]::Combine((New-Folder conf), 'pandora_server.conf')
    [IO.File]::WriteAllLines($conf, @('syncserver 1', 'sync_address 10.142.50.10,10.142.51.10', 'sync_timeout 20', 'incomingdir /var/spool/pandora/data_in'))

    $made = @{}
    $made.files = @(Get-TentacleFile @at -Detailed)
    $made.sent = @(Send-TentacleFile -Path $sent @at -PassThru)
    $made.received = @(Receive-TentacleBuffer -Destination (New-Folder copies) @at -Keep -ErrorAction SilentlyContinue | Sort-Object Name)
    $made.sites = @(Invoke-PandoraSync "127.0.0.1:$($server.Port)", '127.0.0.1:1', 'no-such-host.a-long-name-of-a-network.invalid:41121' -Destination (New-Folder incoming) -RetryCount 0 -ErrorAction SilentlyContinue | Sort-Object Result)
    $made.carried = & {
        $main = New-Folder main
        $site = New-Folder site
        foreach ($folder in 'conf', 'md5') { $null = New-Folder "main/$folder" }
        $carrying = Start-TentacleServer $site -Address 127.0.0.1 -Port 0 -Overwrite -Filter '.*\.conf:conf;.*\.md5:md5'
        $digest = { param($text) [Convert]::ToHexString([Security.Cryptography.MD5]::HashData([Text.Encoding]::UTF8.GetBytes($text))).ToLowerInvariant() }
        $save = {
            param($side, $agent, $text)
            [IO.File]::WriteAllText([IO.Path]::Combine($side, 'conf', "$(& $digest $agent).conf"), $text)
            [IO.File]::WriteAllText([IO.Path]::Combine($side, 'md5', "$(& $digest $agent).md5"), (& $digest $text))
        }
        foreach ($agent in 'web01', 'web02', 'web03') { & $save $site $agent "agent_name $agent`n" }
        $null = Sync-TentacleConfiguration "127.0.0.1:$($carrying.Port)" $main
        & $save $main web01 "agent_name web01`nchanged here`n"
        & $save $site web01 "agent_name web01`nchanged there`n"
        & $save $main web02 "agent_name web02`nchanged here`n"
        [IO.File]::Delete([IO.Path]::Combine($site, 'md5', "$(& $digest 'web03').md5"))
        [IO.File]::Delete([IO.Path]::Combine($site, 'conf', "$(& $digest 'web03').conf"))
        [IO.File]::WriteAllText([IO.Path]::Combine($site, 'conf', "$(& $digest 'new agent').conf"), 'x')
        Sync-TentacleConfiguration "127.0.0.1:$($carrying.Port)", '127.0.0.1:1' $main -RetryCount 0 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue | Sort-Object { $_.Site -ne '127.0.0.1:1' }
        $null = Stop-TentacleServer $carrying
    }
    $made.test = @(Test-TentacleServer @at) + @(Test-TentacleServer 127.0.0.1:1 -RetryCount 0)
    $made.sessions = @($session)
    $made.configuration = @(Get-PandoraSyncConfiguration $conf)
    $made.settings = @(Get-PandoraSyncConfiguration $conf -Settings)
    $made.certificates = @(New-TentacleCertificate -Authority -OutputDirectory (New-Folder ca))
    $made.certificates += New-TentacleCertificate site.example, 10.142.50.10 -Issuer $made.certificates[0] -Role Server -OutputDirectory (New-Folder site)
    $made.certificates += New-TentacleCertificate both.example -Issuer $made.certificates[0] -OutputDirectory (New-Folder both)
    $ended = [DateTime]::UtcNow.AddSeconds(30)
    while ($server.Connections -gt 0 -and [DateTime]::UtcNow -lt $ended) { [Threading.Thread]::Sleep(10) }
    $made.servers = @($server)
}

AfterAll {
    Remove-TentacleSession $session
    Stop-TentacleServer $server
    [IO.Directory]::Delete($root, $true)
}

Describe 'The view' {
    It 'of <view> at <width> columns is the one that was looked at' -ForEach $cases {
        $made[$view] | Should -Not -BeNullOrEmpty
        $shown = Format-Stable $made[$view] $width
        $path = [IO.Path]::Combine($PSScriptRoot, 'Views', "$view.$width.txt")
        if ($env:PANDORASYNC_UPDATE_VIEWS) { [IO.File]::WriteAllText($path, $shown) }
        $shown | Should -BeExactly ([IO.File]::ReadAllText($path).Replace("`r", ''))
    }
}

Describe 'A size' {
    It 'of <bytes> bytes is <text>' -ForEach @(
        @{ bytes = 0; text = '0 B' }, @{ bytes = 10239; text = '10239 B' }, @{ bytes = 10240; text = '10.0 KB' }, @{ bytes = 1048575; text = '1024.0 KB' }
        @{ bytes = 1048576; text = '1.0 MB' }, @{ bytes = 5GB; text = '5.0 GB' }, @{ bytes = [long]::MaxValue; text = '8.0 EB' }, @{ bytes = $null; text = '' }) {
        [PandoraSync.Cmdlets.Base.ByteSize]::Format($bytes) | Should -BeExactly $text
        $text.Length | Should -BeLessOrEqual 9
    }
}
