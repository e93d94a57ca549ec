BeforeDiscovery {
    # One use of each parameter set. Each gives $true when it did what it is for.
    $uses = [ordered] @{
        'Get-PandoraSyncConfiguration/__AllParameterSets' = { (Get-PandoraSyncConfiguration $conf).Site -eq "127.0.0.1:$port" -and @($conf | Get-PandoraSyncConfiguration).Count -eq 1 }
        'Get-PandoraSyncHistory/Destination'              = { $null = Invoke-PandoraSync "127.0.0.1:$port" -Destination $incoming; (Get-PandoraSyncHistory $incoming).Files -eq 2 }
        'Get-PandoraSyncHistory/ConfigPath'               = { $null = Invoke-PandoraSync -ConfigPath $conf; (Get-PandoraSyncHistory -ConfigPath $conf -Last 1).Files -eq 2 }
        'Get-PandoraSyncService/__AllParameterSets'       = { Register-PandoraSyncService -Sync -ConfigPath $conf -Directory $incoming -WarningAction Ignore | Get-PandoraSyncService -Directory $incoming | ForEach-Object { $_.End -eq 'Sync' } }
        'Get-PandoraSyncStatus/Destination'               = { $null = Invoke-PandoraSync "127.0.0.1:$port" -Destination $incoming; (Get-PandoraSyncStatus $incoming).Result -eq 'OK' }
        'Get-PandoraSyncStatus/ConfigPath'                = { (Get-PandoraSyncStatus -ConfigPath $conf -WarningAction Ignore).Result -eq 'NotCalled' }
        'Get-TentacleFile/ComputerName'                   = { (Get-TentacleFile 127.0.0.1 -Name b* -Port $port).Name -eq 'b.2.data' }
        'Get-TentacleFile/Session'                        = { (Get-TentacleFile -Name b* -Session $session).Name -eq 'b.2.data' }
        'Get-TentacleServer/__AllParameterSets'           = { (Get-TentacleServer).Id -eq $server.Id -and (Get-TentacleServer $server.Id).Port -eq $port }
        'Get-TentacleSession/Name'                        = { (Get-TentacleSession tri*).Id -eq $session.Id -and -not (Get-TentacleSession other*) }
        'Get-TentacleSession/Id'                          = { (Get-TentacleSession -Id $session.Id).Name -eq 'tried' }
        'Invoke-PandoraSync/ComputerName'                 = { (Invoke-PandoraSync "127.0.0.1:$port" -Destination $incoming).Files -eq 2 -and (Get-FileName $incoming).Count -eq 2 }
        'Invoke-PandoraSync/Session'                      = { (Invoke-PandoraSync -Session tried -Destination $incoming).Files -eq 2 -and (Get-FileName $incoming).Count -eq 2 }
        'Invoke-PandoraSync/ConfigPath'                   = { (Invoke-PandoraSync -ConfigPath $conf).Files -eq 2 -and (Get-FileName $incoming).Count -eq 2 }
        'New-TentacleCertificate/Authority'               = { [IO.File]::Exists((New-TentacleCertificate -Authority -CommonName ours -OutputDirectory $incoming).KeyPath) }
        'New-TentacleCertificate/Issue'                   = { $ca = New-TentacleCertificate -Authority -OutputDirectory "$incoming/ca"; [IO.File]::Exists((New-TentacleCertificate site.example -Issuer $ca -OutputDirectory "$incoming/site").CertificatePath) }
        'New-TentacleCertificate/Renew'                   = {
            $ca = New-TentacleCertificate -Authority -OutputDirectory "$incoming/ca"
            $old = New-TentacleCertificate site.example -Issuer $ca -OutputDirectory "$incoming/old"
            (New-TentacleCertificate -Renew $old -Issuer $ca -OutputDirectory "$incoming/new").KeyFingerprint -eq $old.KeyFingerprint
        }
        'New-TentacleSession/ComputerName'                = { $new = New-TentacleSession 127.0.0.1 -Port $port; $new.Id -gt $session.Id; Remove-TentacleSession $new }
        'Receive-TentacleBuffer/ComputerName'             = { (Receive-TentacleBuffer 127.0.0.1 $incoming -Name a.1.data -Port $port).Name -eq 'a.1.data' -and (Get-FileName $buffer) -eq 'b.2.data' }
        'Receive-TentacleBuffer/Session'                  = { (Receive-TentacleBuffer $incoming -Name a.1.data -Session tried).Name -eq 'a.1.data' -and (Get-FileName $buffer) -eq 'b.2.data' }
        'Register-PandoraSyncService/Sync'                = { (Register-PandoraSyncService -Sync -ConfigPath $conf -Directory $incoming -WarningAction Ignore).HasChanged }
        'Register-PandoraSyncService/Server'              = { (Register-PandoraSyncService -Server -Options "-s $buffer -I" -Directory $incoming -WarningAction Ignore).Subject -eq $buffer }
        'Remove-TentacleFile/ComputerName'                = { Remove-TentacleFile 127.0.0.1 -Name a.1.data -Port $port; (Get-FileName $buffer) -eq 'b.2.data' }
        'Remove-TentacleFile/Session'                     = { Remove-TentacleFile -Name a.1.data -Session $session.Id; (Get-FileName $buffer) -eq 'b.2.data' }
        'Remove-TentacleSession/__AllParameterSets'       = { $null = New-TentacleSession 127.0.0.1 -Port $port -Name gone; Remove-TentacleSession gone; -not (Get-TentacleSession gone*) }
        'Send-TentacleFile/ComputerName'                  = { Send-TentacleFile 127.0.0.1 (New-File 'c.3.data' 'x') -Port $port; (Get-FileName $buffer).Count -eq 3 }
        'Send-TentacleFile/Session'                       = { Send-TentacleFile -LiteralPath (New-File 'c.3.data' 'x') -Session $session; (Get-FileName $buffer).Count -eq 3 }
        'Start-TentacleServer/Path'                       = { $new = Start-TentacleServer $incoming -Address 127.0.0.1 -Port 0; Test-TentacleServer 127.0.0.1 -Port $new.Port -Quiet; Stop-TentacleServer $new }
        'Start-TentacleServer/Relay'                      = {
            $new = Start-TentacleServer -RelayTo $session -Address 127.0.0.1 -Port 0
            (Get-TentacleFile -ComputerName 127.0.0.1 -Port $new.Port).Count -eq 2
            Stop-TentacleServer $new
        }
        'Start-TentacleServer/Stock'                      = {
            $new = Start-TentacleServer -Options "-a 127.0.0.1 -p $(Get-FreePort) -s $buffer2 -I -o"
            Test-TentacleServer 127.0.0.1 -Port $new.Port -Quiet
            Stop-TentacleServer $new
        }
        'Export-PandoraSyncReport/__AllParameterSets'     = {
            Invoke-PandoraSync 127.0.0.1 -Port $port -Destination $incoming | Export-PandoraSyncReport "$incoming/report.html"
            [IO.File]::ReadAllText("$incoming/report.html").Contains("127.0.0.1:$port")
        }
        'Stop-TentacleServer/Server'                      = { $new = Start-TentacleServer $incoming -Address 127.0.0.1 -Port 0; $new | Stop-TentacleServer; $new.State -eq 'Stopped' }
        'Stop-TentacleServer/Id'                          = { $new = Start-TentacleServer $incoming -Address 127.0.0.1 -Port 0; Stop-TentacleServer -Id $new.Id; $new.State -eq 'Stopped' }
        'Sync-TentacleConfiguration/ComputerName'         = { New-AgentFolder; (Sync-TentacleConfiguration "127.0.0.1:$port" $incoming).Agent -eq 'web01' }
        'Sync-TentacleConfiguration/Session'              = { New-AgentFolder; (Sync-TentacleConfiguration -Session tried -Destination $incoming).Agent -eq 'web01' }
        'Sync-TentacleConfiguration/ConfigPath'           = { New-AgentFolder; (Sync-TentacleConfiguration -ConfigPath $conf).Agent -eq 'web01' }
        'Unregister-PandoraSyncService/__AllParameterSets' = { $null = Register-PandoraSyncService -Sync -ConfigPath $conf -Directory $incoming -WarningAction Ignore; Unregister-PandoraSyncService pandorasync-sync -Directory $incoming; -not (Get-FileName $incoming) }
        'Test-TentacleServer/ComputerName'                = { (Test-TentacleServer 127.0.0.1 -Port $port).Step[-1] -eq 'Storage' }
        'Test-TentacleServer/Session'                     = { (Test-TentacleServer -Session tried).Step[-1] -eq 'Storage' }
    }
    $cases = foreach ($key in $uses.Keys) { @{ key = $key; use = $uses[$key] } }
}

BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))

    # A free port is asked of the system: the stock syntax has no way to say "any".
    function Get-FreePort {
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $listener.LocalEndpoint.Port
        $listener.Stop()
    }
}

Describe 'Every parameter set does its work' {
    BeforeAll {
        # The main side's folders, and an agent's configuration at the site.
        function New-AgentFolder {
            foreach ($side in $incoming, $buffer) { foreach ($folder in 'conf', 'md5') { $null = [IO.Directory]::CreateDirectory("$side/$folder") } }
            $file, $digest = foreach ($text in 'web01', "agent_name web01`n") { [Convert]::ToHexString([Security.Cryptography.MD5]::HashData([Text.Encoding]::UTF8.GetBytes($text))).ToLowerInvariant() }
            [IO.File]::WriteAllText("$buffer/conf/$file.conf", "agent_name web01`n")
            [IO.File]::WriteAllText("$buffer/md5/$file.md5", $digest)
        }
    }

    BeforeEach {
        $buffer = New-Folder; $buffer2 = New-Folder; $incoming = New-Folder
        foreach ($name in 'a.1.data', 'b.2.data') { $null = New-File $name "content of $name" $buffer }
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0 -Filter '.*\.conf:conf;.*\.md5:md5'
        $port = $server.Port
        $session = New-TentacleSession 127.0.0.1 -Port $port -Name tried
        $conf = New-File 'pandora_server.conf' "incomingdir $incoming`nsyncserver 1`nsync_address 127.0.0.1`nsync_port $port`n"
    }

    AfterEach {
        Remove-TentacleSession $session
        Stop-TentacleServer $server
    }

    It '<key>' -ForEach $cases {
        @(& $use) | Should -Be @($true)
    }

    It 'and none is left out' -ForEach @{ keys = @($uses.Keys) } {
        $there = foreach ($command in Get-Command -Module PandoraSync) { foreach ($set in $command.ParameterSets) { "$($command.Name)/$($set.Name)" } }
        $there | Sort-Object | Should -Be ($keys | Sort-Object)
    }
}

Describe 'The pipeline binds' {
    BeforeAll {
        $buffer = New-Folder
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        $port = $server.Port
        $row = [pscustomobject] @{ ComputerName = '127.0.0.1'; Port = $port }
    }

    BeforeEach { foreach ($name in 'a.1.data', 'b.2.data') { $null = New-File $name 'x' $buffer } }
    AfterAll { Stop-TentacleServer $server }

    It 'rows of a table, as Import-Csv has them' {
        $csv = New-File 'sites.csv' "ComputerName,Port,TimeoutSec,RetryCount`n127.0.0.1,$port,,0`n"
        @(Import-Csv $csv | Get-TentacleFile) | Should -HaveCount 2
        Import-Csv $csv | Test-TentacleServer -Quiet | Should -BeTrue
        (Import-Csv $csv | Invoke-PandoraSync -Destination (New-Folder)).Files | Should -Be 2
        $session = Import-Csv $csv | New-TentacleSession
        $session.RetryCount | Should -Be 0
        Remove-TentacleSession $session
    }

    It 'nothing where the cell of <column> is empty' -ForEach @(@{ column = 'CaPath' }, @{ column = 'CertificatePath' }, @{ column = 'CrlPath' }) {
        @([pscustomobject] @{ ComputerName = '127.0.0.1'; Port = $port; $column = '' } | Get-TentacleFile) | Should -HaveCount 2
    }

    It 'a site by its other names: <alias>' -ForEach @(@{ alias = 'Server' }, @{ alias = 'Site' }, @{ alias = 'HostName' }) {
        @([pscustomobject] @{ $alias = '127.0.0.1'; Port = $port } | Get-TentacleFile) | Should -HaveCount 2
        ([pscustomobject] @{ $alias = '127.0.0.1'; Port = $port } | Invoke-PandoraSync -Destination (New-Folder)).Files | Should -Be 2
    }

    It 'a name and a site to what removes, receives and sends' {
        $row | Select-Object *, @{ Name = 'Name'; Expression = { 'a.1.data' } } | Remove-TentacleFile
        Get-FileName $buffer | Should -Be 'b.2.data'
        ($row | Select-Object *, @{ Name = 'Name'; Expression = { 'b.2.data' } } | Receive-TentacleBuffer -Destination (New-Folder)).Name | Should -Be 'b.2.data'
        $row | Select-Object *, @{ Name = 'LiteralPath'; Expression = { New-File 'c.3.data' 'x' } } | Send-TentacleFile
        Get-FileName $buffer | Should -Be 'c.3.data'
        $row | Remove-TentacleFile -Name '*'
    }

    It 'names of hosts, sessions, servers, configuration files and file objects' {
        "127.0.0.1:$port" | Test-TentacleServer -Quiet | Should -BeTrue
        ("127.0.0.1:$port" | Invoke-PandoraSync -Destination (New-Folder)).Files | Should -Be 2
        $session = "127.0.0.1:$port" | New-TentacleSession
        Get-Item -LiteralPath (New-File 'd.4.data' 'x') | Send-TentacleFile -Session $session
        ($session | Get-TentacleFile).Name | Should -Be 'd.4.data'
        $session | Get-TentacleFile | Remove-TentacleFile
        Get-FileName $buffer | Should -BeNullOrEmpty
        $session | Remove-TentacleSession
        (Get-Item -LiteralPath (New-File 'pandora_server.conf' "incomingdir /tmp`nsyncserver 1`nsync_address 192.0.2.1`n") | Get-PandoraSyncConfiguration).Site | Should -Be '192.0.2.1:41121'
    }

    It 'certificates to servers, and to drains' {
        $folder = New-Folder
        $ca = New-TentacleCertificate -Authority -OutputDirectory "$folder/ca"
        $site = [pscustomobject] @{ DnsName = '127.0.0.1'; CommonName = 'site'; Role = 'Server'; OutputDirectory = "$folder/site" } | New-TentacleCertificate -Issuer $ca
        $main = New-TentacleCertificate -CommonName main -Role Client -Issuer $ca -OutputDirectory "$folder/main"
        $secure = $site | Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0
        ($main | Invoke-PandoraSync "127.0.0.1:$($secure.Port)" -Destination (New-Folder)).Succeeded | Should -BeTrue
        Stop-TentacleServer $secure
    }
}

Describe 'A change' {
    BeforeAll {
        $script = New-File 'changes.ps1' @'
param($Module, $Folder, [switch]$WhatIf)
Import-Module $Module
$ask = if ($WhatIf) { @{ WhatIf = $true } } else { @{ Confirm = $true } }
$server = Start-TentacleServer "$Folder/buffer" -Address 127.0.0.1 -Port 0 -Confirm:$false
$session = New-TentacleSession 127.0.0.1 -Port $server.Port
$started = Start-TentacleServer "$Folder/other" -Address 127.0.0.1 -Port 0 @ask
Send-TentacleFile "$Folder/sent.1.data" -Session $session @ask
Remove-TentacleFile -Name removed.2.data -Session $session @ask
$null = Receive-TentacleBuffer "$Folder/received" -Name received.3.data -Session $session @ask
$null = Invoke-PandoraSync "127.0.0.1:$($server.Port)" -Destination "$Folder/drained" @ask
$null = New-TentacleCertificate -Authority -OutputDirectory "$Folder/ca" @ask
Remove-TentacleSession $session @ask
Stop-TentacleServer $server @ask
"started $([bool]$started), sessions $(@(Get-TentacleSession).Count), state $($server.State)"
'@

        function Invoke-Change([string[]]$Answer, [string[]]$More) {
            $folder = New-Folder
            foreach ($name in 'buffer', 'other', 'received', 'drained') { $null = [IO.Directory]::CreateDirectory("$folder/$name") }
            foreach ($name in 'buffer/removed.2.data', 'buffer/received.3.data', 'buffer/drained.4.data', 'sent.1.data') { $null = New-File $name 'x' $folder }
            $shell = Get-Shell
            $said = $Answer | & $shell[0] @($shell[1..9]) -File $script -Module $module -Folder $folder @More
            [pscustomobject] @{
                Last   = @($said)[-1]
                Asked  = @($said | Where-Object { $_ -like '*Are you sure*' }).Count
                WhatIf = @($said | Where-Object { $_ -like 'What if: *' }).Count
                Files  = [IO.Directory]::GetFiles($folder, '*.data', 'AllDirectories') | Where-Object { $_ -notlike '*pandorasync*' } | ForEach-Object { [IO.Path]::GetRelativePath($folder, $_) -replace '\\', '/' } | Sort-Object
                Made   = [IO.Directory]::Exists("$folder/ca")
            }
        }

        $untouched = 'buffer/drained.4.data', 'buffer/received.3.data', 'buffer/removed.2.data', 'sent.1.data'
    }

    It 'is only told with -WhatIf, by each cmdlet that makes one' {
        $result = Invoke-Change -Answer '' -More '-WhatIf'
        $result.WhatIf | Should -Be 8
        $result.Files | Should -Be $untouched
        $result.Made | Should -BeFalse
        $result.Last | Should -Be 'started False, sessions 1, state Running'
    }

    It 'is not made when the answer to -Confirm is no' {
        $result = Invoke-Change -Answer (@('n') * 8)
        $result.Asked | Should -Be 8
        $result.Files | Should -Be $untouched
        $result.Made | Should -BeFalse
        $result.Last | Should -Be 'started False, sessions 1, state Running'
    }

    It 'is made when the answer to -Confirm is yes' {
        $result = Invoke-Change -Answer (@('y') * 8)
        $result.Asked | Should -Be 8
        $result.Files | Should -Be 'drained/drained.4.data', 'drained/sent.1.data', 'received/received.3.data', 'sent.1.data'
        $result.Made | Should -BeTrue
        $result.Last | Should -Be 'started True, sessions 0, state Stopped'
    }

    It 'can be told and confirmed by every cmdlet that makes one, and by no other' {
        $changing = Get-Command -Module PandoraSync | Where-Object { $_.Parameters.ContainsKey('WhatIf') -and $_.Parameters.ContainsKey('Confirm') } | ForEach-Object { $_.Name }
        $changing | Sort-Object | Should -Be 'Export-PandoraSyncReport', 'Invoke-PandoraSync', 'New-TentacleCertificate', 'Receive-TentacleBuffer', 'Register-PandoraSyncService', 'Remove-TentacleFile', 'Remove-TentacleSession', 'Send-TentacleFile', 'Start-TentacleServer', 'Stop-TentacleServer', 'Sync-TentacleConfiguration', 'Unregister-PandoraSyncService'
    }
}
