# Failures that stay silent and cmdlets that surprise, as somebody new to the module meets them: draining, and how sites are named.
BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))

    # What somebody gets who collects the results himself and then meets an error that ends the pipeline.
    function Invoke-Collecting([scriptblock]$Command) {
        $got = [Collections.Generic.List[object]]::new()
        $problem = $null
        try { & $Command | ForEach-Object { $got.Add($_) } } catch { $problem = $_ }
        [pscustomobject] @{ Results = $got.ToArray(); Problem = $problem }
    }

    function New-Buffer($Count) {
        $folder = New-Folder
        for ($i = 1; $i -le $Count; $i++) { [IO.File]::WriteAllText([IO.Path]::Combine($folder, "a.$i.data"), "file $i") }
        $folder
    }

    function Get-ErrorKind($Problems) { @($Problems) | ForEach-Object { $_.FullyQualifiedErrorId -replace ',.*' } }
}

Describe 'What a new admin ran into' {
    BeforeEach {
        $buffer = New-Buffer 3
        $incoming = New-Folder
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        $site = "127.0.0.1:$($server.Port)"
        $dead = '127.0.0.1:1'
    }

    AfterEach {
        Get-TentacleSession | Remove-TentacleSession
        Get-TentacleServer | Stop-TentacleServer
    }

    It '1: every site is drained and its result written before an error ends the command: <order>, <how>' -ForEach @(
        @{ order = 'dead first'; how = '-ErrorAction Stop' }, @{ order = 'dead last'; how = '-ErrorAction Stop' }
        @{ order = 'dead first'; how = '$ErrorActionPreference' }, @{ order = 'dead last'; how = '$ErrorActionPreference' }) {
        $sites = if ($order -eq 'dead first') { $dead, 'no host', $site } else { $site, $dead, 'no host' }
        $run = if ($how -eq '-ErrorAction Stop') { Invoke-Collecting { $sites | Invoke-PandoraSync -Destination $incoming -RetryCount 0 -ThrottleLimit 1 -ErrorAction Stop } }
        else { Invoke-Collecting { $ErrorActionPreference = 'Stop'; Invoke-PandoraSync $sites $incoming -RetryCount 0 -ThrottleLimit 1 } }
        Get-FileName $incoming | Should -Be 'a.1.data', 'a.2.data', 'a.3.data'
        $run.Results.Site | Sort-Object | Should -Be (@($site, $dead, 'no host') | Sort-Object)
        ($run.Results | Where-Object Succeeded).Site | Should -Be $site
        $run.Problem.FullyQualifiedErrorId | Should -BeLike 'Tentacle.*,PandoraSync.Cmdlets.Sync.InvokePandoraSyncCmdlet'
    }

    It '1: files are taken from every server before an error ends the command' {
        $rows = [pscustomobject] @{ ComputerName = $dead }, [pscustomobject] @{ ComputerName = $site }
        $run = Invoke-Collecting { $rows | Receive-TentacleBuffer -Destination $incoming -RetryCount 0 -ErrorAction Stop }
        $run.Results | Should -HaveCount 3
        $run.Problem.FullyQualifiedErrorId | Should -BeLike 'Tentacle.Unreachable,*'
    }

    It '1: a file that is left does not keep other sites' {
        $second = Start-TentacleServer (New-Buffer 1) -Address 127.0.0.1 -Port 0
        $run = Invoke-Collecting { Invoke-PandoraSync $site, "127.0.0.1:$($second.Port)" $incoming -MaxFileSize 5 -ThrottleLimit 1 -ErrorAction Stop }
        $run.Results.Result | Should -Be 'FilesSkipped', 'FilesSkipped'
    }

    It '2: each site has a failed result where <what>' -ForEach @(
        @{ what = 'the destination does not exist'; id = 'Tentacle.LocalFile'; prepare = { [IO.Directory]::Delete($incoming) } }
        @{ what = 'another run has the destination'; id = 'Tentacle.Busy'; prepare = { Invoke-PandoraSync $dead $incoming -RetryCount 0 -ErrorAction SilentlyContinue; [IO.File]::Open("$incoming/.pandorasync/lock", 'Open', 'ReadWrite', 'None') } }
        @{ what = 'the destination is a file'; id = 'Tentacle.LocalFile'; prepare = { [IO.Directory]::Delete($incoming); [IO.File]::WriteAllText($incoming, 'x') } }) {
        $held = & $prepare
        $results = Invoke-PandoraSync $site, $dead $incoming -RetryCount 0 -ErrorAction SilentlyContinue -ErrorVariable problems
        $succeeded = $?
        $held | Where-Object { $_ -is [IDisposable] } | ForEach-Object { $_.Dispose() }
        $results.Site | Should -Be $site, $dead
        $results.Succeeded | Should -Be $false, $false
        $results.ErrorId | Should -Be $id, $id
        $results[0].Error | Should -Match ([regex]::Escape($incoming))
        Get-ErrorKind $problems | Should -Be $id
        $succeeded | Should -BeFalse
        Get-FileName $buffer | Should -HaveCount 3
    }

    It '2: an address that is none has a failed result' {
        $results = Invoke-PandoraSync 'no host', '', $site $incoming -ErrorAction SilentlyContinue -ErrorVariable problems
        ($results | Where-Object Succeeded -eq $false).Site | Sort-Object | Should -Be '', 'no host'
        Get-ErrorKind $problems | Should -Be 'Tentacle.Configuration', 'Tentacle.Configuration'
        ($results | Where-Object Succeeded).Files | Should -Be 3
    }

    It '2: a configuration that cannot be read, and no folder at all, end the command' {
        { Invoke-PandoraSync -ConfigPath '/nowhere/pandora_server.conf' -ErrorAction SilentlyContinue } | Should -Throw
        { Invoke-PandoraSync $site 'env:' -ErrorAction SilentlyContinue } | Should -Throw '*not a path of the file system*'
    }

    It '2: a dead site of a configuration has a failed result where the destination is missing' {
        $conf = New-File 'pandora_server.conf' "syncserver 1`nsync_address $site,$dead`nincomingdir $incoming-none`n"
        $results = Invoke-PandoraSync -ConfigPath $conf -ErrorAction SilentlyContinue
        $results.ErrorId | Should -Be 'Tentacle.LocalFile', 'Tentacle.LocalFile'
    }

    It '4: whatever decides about trust binds by property name in <_>' -ForEach @(
        'Get-TentacleFile', 'Invoke-PandoraSync', 'New-TentacleSession', 'Receive-TentacleBuffer', 'Remove-TentacleFile', 'Send-TentacleFile', 'Start-TentacleServer', 'Sync-TentacleConfiguration', 'Test-TentacleServer') {
        $command = Get-Command $_
        $base = $command.ImplementingType.BaseType
        while ($base.Name -notin 'ConnectionCmdlet', 'PandoraSyncCmdlet') { $base = $base.BaseType }
        $names = @('CaPath', 'CertificatePath', 'KeyPath', 'Passphrase', 'Fingerprint', 'CrlPath', 'Skip*', 'Credential', 'Proxy*', '*Tls*', 'CipherSuite')
        if ($base.Name -eq 'ConnectionCmdlet') { $names += $base.GetProperties('Public, Instance, DeclaredOnly').Name }
        $asked = $command.Parameters.Values | Where-Object { $parameter = $_.Name; $names | Where-Object { $parameter -like $_ } }
        $asked.Count | Should -BeGreaterThan 6
        ($asked | Where-Object { -not ($_.Attributes | Where-Object { $_ -is [Management.Automation.ParameterAttribute] -and $_.ValueFromPipelineByPropertyName }) }).Name | Should -BeNullOrEmpty
    }

    It '4: the cmdlets that connect are those that the test above goes through' {
        $connecting = Get-Command -Module PandoraSync | Where-Object { $_.Parameters.ContainsKey('Credential') -or $_.Parameters.ContainsKey('Fingerprint') }
        $connecting.Name | Sort-Object | Should -Be 'Get-TentacleFile', 'Invoke-PandoraSync', 'New-TentacleSession', 'Receive-TentacleBuffer', 'Remove-TentacleFile', 'Send-TentacleFile', 'Start-TentacleServer', 'Sync-TentacleConfiguration', 'Test-TentacleServer'
    }

    It '4: a column <column> with <value> counts: a server without TLS is not drained' -ForEach @(
        @{ column = 'Fingerprint'; value = 'ab' * 32 }, @{ column = 'SkipCertificateCheck'; value = 'True' }, @{ column = 'SkipCertificateCheck'; value = 'yes' }) {
        [IO.File]::WriteAllLines("$TestDrive/sites.csv", @("ComputerName,$column", "$site,$value"))
        $result = Import-Csv "$TestDrive/sites.csv" | Invoke-PandoraSync -Destination $incoming -RetryCount 0 -ErrorAction SilentlyContinue
        $result.Succeeded | Should -BeFalse
        Get-FileName $buffer | Should -HaveCount 3
    }

    It '4: a Fingerprint column pins: <what>' -ForEach @(@{ what = 'the right key'; right = $true }, @{ what = 'another key'; right = $false }) {
        $ca = New-TentacleCertificate -Authority -OutputDirectory (New-Folder)
        $certificate = New-TentacleCertificate site.example -Issuer $ca -Role Server -OutputDirectory (New-Folder)
        $secure = $certificate | Select-Object CertificatePath, KeyPath | Start-TentacleServer (New-Buffer 2) -Address 127.0.0.1 -Port 0
        $row = [pscustomobject] @{ Site = '127.0.0.1'; Port = "$($secure.Port)"; Fingerprint = if ($right) { $certificate.KeyFingerprint } else { '00' * 32 }; SkipHostNameCheck = 'false' }
        $result = $row | Invoke-PandoraSync -Destination $incoming -RetryCount 0 -ErrorAction SilentlyContinue
        $result.Result | Should -Be $(if ($right) { 'OK' } else { 'Trust' })
        Get-FileName $incoming | Should -HaveCount $(if ($right) { 2 } else { 0 })
    }

    It '4: a blank cell means not given, in every column: <what>' -ForEach @(@{ what = 'empty'; cell = '' }, @{ what = 'white space'; cell = '  ' }) {
        $row = [ordered] @{ ComputerName = $site; Destination = $incoming }
        @((Get-Command Invoke-PandoraSync).ImplementingType.BaseType.BaseType.GetProperties('Public, Instance, DeclaredOnly').Name) + 'Connections' | ForEach-Object { $row[$_] = '' }
        $row.Count | Should -BeGreaterThan 14
        foreach ($column in @($row.Keys | Where-Object { $_ -notin 'ComputerName', 'Destination' })) { $row[$column] = $cell }
        $result = [pscustomobject] $row | Invoke-PandoraSync -Destination $incoming -ErrorVariable problems -WarningAction SilentlyContinue
        $problems | Should -BeNullOrEmpty
        $result.Files | Should -Be 3
        [pscustomobject] $row | Test-TentacleServer -Quiet -WarningAction SilentlyContinue | Should -BeTrue
    }

    It '4: a file with columns for TLS, and nothing in them, is warned of once, with the sites' {
        $rows = 1..5 | ForEach-Object { [pscustomobject] @{ ComputerName = "127.0.0.$($_):1"; CaPath = ''; Fingerprint = ' ' } }
        $rows | Invoke-PandoraSync -Destination $incoming -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -HaveCount 1
        "$warnings" | Should -Be '127.0.0.1:1, 127.0.0.2:1, 127.0.0.3:1 and 2 more: called without TLS, since the cells for it are empty. Fill in CaPath or Fingerprint, or keep such sites in a file without these columns.'
        [pscustomobject] @{ ComputerName = $site; CertificatePath = '' } | Get-TentacleFile -WarningVariable warnings -WarningAction SilentlyContinue | Should -HaveCount 3
        "$warnings" | Should -BeLike "$($site): called without TLS*"
        [pscustomobject] @{ ComputerName = $site; SkipHostNameCheck = '' } | Get-TentacleFile -WarningVariable warnings | Should -HaveCount 3
        $warnings | Should -BeNullOrEmpty
    }

    It '4: a cell that is no number, or no passphrase, is an error of its row: <column>' -ForEach @(
        @{ column = 'Port'; cell = '4112x'; says = "'4112x' is not a number without decimals" }, @{ column = 'TimeoutSec'; cell = 'abc'; says = "'abc' is not a number" },
        @{ column = 'Connections'; cell = 'many'; says = "'many' is not a number" }, @{ column = 'Passphrase'; cell = 'sesame'; says = 'A text is no passphrase' }) {
        [pscustomobject] @{ ComputerName = $site; $column = $cell } | Invoke-PandoraSync -Destination $incoming -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        "$problems" | Should -Match "'$column'.*$says"
        Get-FileName $buffer | Should -HaveCount 3
    }

    It '4: what is empty on the command line is no blank cell: -<name>' -ForEach @(
        @{ name = 'Fingerprint' }, @{ name = 'CaPath' }, @{ name = 'CertificatePath' }, @{ name = 'KeyPath' }, @{ name = 'CrlPath' }) {
        $said = @{ $name = '' }
        { Invoke-PandoraSync $site $incoming @said } | Should -Throw "*-$name*"
        $said = @{ $name = $null }
        { Get-TentacleFile -ComputerName $site @said } | Should -Throw "*-$name*"
        Get-FileName $buffer | Should -HaveCount 3
    }

    It '4: a switch that is neither yes nor no is an error of its row' {
        [pscustomobject] @{ ComputerName = $site; SkipHostNameCheck = 'perhaps' } | Invoke-PandoraSync -Destination $incoming -ErrorAction SilentlyContinue -ErrorVariable problems
        "$problems" | Should -Match "'perhaps' is neither true nor false"
        Get-FileName $buffer | Should -HaveCount 3
    }

    It '5: a session is taken as the site, with its options' {
        $guarded = Start-TentacleServer (New-Buffer 2) -Address 127.0.0.1 -Port 0 -Credential (New-Password 'sesame')
        $session = New-TentacleSession 127.0.0.1 -Port $guarded.Port -Credential (New-Password 'sesame') -Name guarded
        $result = $session | Invoke-PandoraSync -Destination $incoming
        $result.Site, $result.Result, $result.Files | Should -Be "127.0.0.1:$($guarded.Port)", 'OK', 2
        (Invoke-PandoraSync -Session guarded -Destination $incoming).Result | Should -Be 'OK'
        ($session, $site | Invoke-PandoraSync -Destination $incoming).Result | Should -Be 'OK', 'OK'
    }

    It '5: what the command says counts beside what the session has' {
        $guarded = Start-TentacleServer (New-Buffer 2) -Address 127.0.0.1 -Port 0 -Credential (New-Password 'sesame')
        $session = New-TentacleSession 127.0.0.1 -Port $guarded.Port -Credential (New-Password 'sesame')
        ($session | Invoke-PandoraSync -Destination $incoming -TimeoutSec 30 -RetryCount 1).Result | Should -Be 'OK'
        ($session | Invoke-PandoraSync -Destination $incoming -Credential (New-Password 'wrong') -ErrorAction SilentlyContinue).Result | Should -Be 'AuthenticationFailed'
    }

    It '5: a session that is piped to <_> keeps its password' -ForEach 'Receive-TentacleBuffer', 'Remove-TentacleFile', 'Send-TentacleFile' {
        $buffer = New-Buffer 1
        $guarded = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0 -Credential (New-Password 'sesame')
        $session = New-TentacleSession 127.0.0.1 -Port $guarded.Port -Credential (New-Password 'sesame')
        $more = @{ 'Receive-TentacleBuffer' = @{ Destination = $incoming }; 'Remove-TentacleFile' = @{ LiteralName = 'a.1.data' }; 'Send-TentacleFile' = @{ LiteralPath = New-File 'b.1.data' 'x' } }[$_]
        if ($_ -eq 'Remove-TentacleFile') { $more = @{ Name = 'a.1.data' } }
        $null = $session | & $_ @more
        Get-FileName $buffer | Should -HaveCount $(if ($_ -eq 'Send-TentacleFile') { 2 } else { 0 })
    }

    It '5: <what> is no site, and that is said' -ForEach @(
        @{ what = 'a file'; make = { Get-Item -LiteralPath (New-File 'x' 'x') }; says = "*FileInfo*-ComputerName*" }
        @{ what = 'a row without a server'; make = { [pscustomobject] @{ Adress = '127.0.0.1' } }; says = '*has no ComputerName*' }
        @{ what = 'a number'; make = { 42 }; says = "*Int32*-ComputerName*" }
        @{ what = 'a hash table'; make = { , @{ ComputerName = '127.0.0.1' } }; says = '*Hashtable*-ComputerName*' }) {
        & $make | Invoke-PandoraSync -Destination $incoming -RetryCount 0 -ErrorAction SilentlyContinue -ErrorVariable problems
        @($problems) | Should -HaveCount 1
        "$problems" | Should -BeLike $says
        { & $make | Invoke-PandoraSync -Destination $incoming -RetryCount 0 -ErrorAction Stop } | Should -Throw $says
    }

    It '5: files that were listed are refused, since the whole site would be drained' {
        { Get-TentacleFile -ComputerName $site | Invoke-PandoraSync -Destination $incoming } | Should -Throw '*Receive-TentacleBuffer*'
        Get-FileName $buffer | Should -HaveCount 3
    }

    It '6: a server is not drained into <what>' -ForEach @(
        @{ what = 'its own storage directory'; where = { $buffer } }
        @{ what = 'a folder of it'; where = { [IO.Directory]::CreateDirectory("$buffer/sub").FullName } }
        @{ what = 'the folder that it is in'; where = { [IO.Path]::GetDirectoryName($buffer) } }
        @{ what = 'its own storage directory by another name'; where = { [IO.Directory]::CreateSymbolicLink("$incoming/link", $buffer).FullName } }) {
        $there = & $where
        $results = Invoke-PandoraSync $site, $dead $there -RetryCount 0 -ErrorAction SilentlyContinue -ErrorVariable problems
        $own = $results | Where-Object Site -eq $site
        $own.Result | Should -Be 'Configuration'
        $own.Error | Should -BeLike "*$site keeps its buffer in '*"
        $own.RecommendedAction | Should -BeLike 'Give *'
        Get-FileName $buffer | Should -HaveCount 3
        Receive-TentacleBuffer $there -ComputerName $site -Keep -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        Get-ErrorKind $problems | Should -Be 'Tentacle.Configuration'
    }

    It '6: a server of another process is not drained into its own storage directory' {
        $other = New-Buffer 2
        $shell = Get-Shell
        $start = [Diagnostics.ProcessStartInfo]::new($shell[0])
        foreach ($argument in @($shell | Select-Object -Skip 1) + @('-NonInteractive', '-Command', "`$ProgressPreference = 'SilentlyContinue'; Import-Module '$module'; (Start-TentacleServer '$other' -Address 127.0.0.1 -Port 0).Port; [Console]::In.ReadLine()")) { $start.ArgumentList.Add($argument) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        try {
            $port = [int] $process.StandardOutput.ReadLine()
            (Invoke-PandoraSync "localhost:$port" $other -ErrorAction SilentlyContinue).Result | Should -Be 'Configuration'
            Get-FileName $other | Should -HaveCount 2
            (Invoke-PandoraSync "localhost:$port" $incoming).Files | Should -Be 2
        }
        finally {
            $process.StandardInput.Close()
            $process.WaitForExit()
        }
    }

    It '6: another server is drained into a storage directory in use, and into one that is in use no more' {
        $second = New-Buffer 0
        $receiver = Start-TentacleServer $second -Address 127.0.0.1 -Port 0
        (Invoke-PandoraSync $site $second).Files | Should -Be 3
        $port = $receiver.Port
        Stop-TentacleServer $receiver
        $null = Start-TentacleServer (New-Buffer 1) -Address 127.0.0.1 -Port $port
        (Invoke-PandoraSync "127.0.0.1:$port" $second).Succeeded | Should -BeTrue
    }

    It '8: a proxy that fails is named, with where and for which site: <what>' -ForEach @(
        @{ what = 'not there'; proxy = '127.0.0.1:1'; says = 'The proxy 127.0.0.1:1 for {0} cannot be connected to (connection refused).'; id = 'Proxy' }
        @{ what = 'without an address'; proxy = 'no-such-proxy.invalid:8080'; says = "The proxy 'no-such-proxy.invalid' for {0} has no address."; id = 'NameNotFound' }) {
        $result = Invoke-PandoraSync $site $incoming -Proxy $proxy -RetryCount 0 -ErrorAction SilentlyContinue -ErrorVariable problems
        $result.Error | Should -Be ($says -f $site)
        $result.ErrorId | Should -Be "Tentacle.$id"
        $result.RecommendedAction | Should -BeLike '*proxy*'
        "$problems" | Should -Be ($says -f $site)
    }

    It '8: a proxy that does not answer is named' {
        $silent = Start-FakeServer
        try {
            $result = Invoke-PandoraSync $site $incoming -Proxy "127.0.0.1:$($silent.Port)" -TimeoutSec 0.5 -RetryCount 0 -ErrorAction SilentlyContinue
            $result.Error | Should -BeLike "The proxy 127.0.0.1:$($silent.Port) did not connect to $site within 0.5 s*"
        }
        finally { Stop-FakeServer $silent }
    }

    It '8: a site that a proxy cannot reach is named as the one that fails' {
        $proxy = Start-FakeServer @{ 'CONNECT*' = "HTTP/1.1 502 Bad Gateway`r`n`r`n" } -HangUp
        try {
            $result = Invoke-PandoraSync 'site.example' $incoming -Proxy "http://127.0.0.1:$($proxy.Port)/" -RetryCount 0 -ErrorAction SilentlyContinue
            $result.Error | Should -Be "The proxy 127.0.0.1:$($proxy.Port) cannot reach site.example:41121: it answered 'HTTP/1.1 502 Bad Gateway'."
            $result.RecommendedAction | Should -BeLike '*Tentacle server*'
        }
        finally { Stop-FakeServer $proxy }
    }

    It '8: a proxy is given as a URL: <given>' -ForEach @(
        @{ given = 'http://127.0.0.1:1'; is = '127.0.0.1:1' }, @{ given = 'HTTP://127.0.0.1:1/'; is = '127.0.0.1:1' }, @{ given = 'http://[::1]:1'; is = '[::1]:1' }) {
        (Invoke-PandoraSync $site $incoming -Proxy $given -RetryCount 0 -ErrorAction SilentlyContinue).Error | Should -BeLike "The proxy $($is.Replace('[', '`[')) for $site *"
    }

    It '8: a proxy that cannot be used is refused: <given>' -ForEach @(
        @{ given = 'https://127.0.0.1:1'; says = '*https*http://*' }, @{ given = 'socks5://127.0.0.1:1'; says = '*socks5*http://*' }
        @{ given = 'http://user:secret@127.0.0.1:1'; says = '*-ProxyCredential*' }, @{ given = 'http://127.0.0.1:1/path'; says = '*proxy*' }) {
        $result = Invoke-PandoraSync $site $incoming -Proxy $given -RetryCount 0 -ErrorAction SilentlyContinue
        "$($result.Error) $($result.RecommendedAction)" | Should -BeLike $says
        "$($result.Error) $($result.RecommendedAction)" | Should -Not -Match 'secret'
    }

    Context 'with a pandora_server.conf' {
        BeforeEach {
            $conf = New-File 'pandora_server.conf' "syncserver 1`nsync_address $site,10.142.51.10`nsync_timeout 20`nsync_retries 0`nsync_password sesame`nincomingdir $incoming`n"
        }

        It '13: there is one object a site that says what will happen' {
            $sites = Get-PandoraSyncConfiguration $conf
            $sites.Site | Should -Be $site, '10.142.51.10:41121'
            $sites[0].ComputerName, $sites[0].Port, $sites[0].UsesTls, $sites[0].HasPassword, $sites[0].TimeoutSec, $sites[0].RetryCount, $sites[0].Destination | Should -Be '127.0.0.1', $server.Port, $false, $true, 20, 0, $incoming
            ($sites | Out-String) | Should -Match 'Site +TLS +Proxy +Retries +Timeout +Destination'
            ($sites | ConvertTo-Json) | Should -Not -Match 'sesame'
        }

        It '13: the settings have file and line' {
            $setting = Get-PandoraSyncConfiguration $conf -Settings | Where-Object Key -eq 'sync_timeout'
            $setting.Value, $setting.Source | Should -Be '20', "$conf, line 3"
            (Get-PandoraSyncConfiguration $conf -Settings | Where-Object Key -eq 'sync_port').Source | Should -Be 'default'
            (Get-PandoraSyncConfiguration $conf -Settings | Where-Object Key -eq 'sync_password').Value | Should -Be '***'
        }

        It '13: its objects are drained, password and all, into the destination of the file' {
            $storage = New-Buffer 2
            $guarded = Start-TentacleServer $storage -Address 127.0.0.1 -Port 0 -Credential (New-Password 'sesame')
            $conf = New-File 'pandora_server.conf' "syncserver 1`nsync_address 127.0.0.1:$($guarded.Port)`nsync_password sesame`nincomingdir $incoming`n"
            (Get-PandoraSyncConfiguration $conf | Invoke-PandoraSync).Files | Should -Be 2
            Get-FileName $incoming | Should -HaveCount 2
            [IO.File]::WriteAllText("$storage/b.1.data", 'x')
            $elsewhere = New-Folder
            (Get-PandoraSyncConfiguration $conf | Invoke-PandoraSync -Destination $elsewhere).Files | Should -Be 1
            Get-FileName $elsewhere | Should -Be 'b.1.data'
        }

        It '13: its objects come back from a CSV file and are drained with the same trust' {
            $ca = New-TentacleCertificate -Authority -OutputDirectory (New-Folder)
            $certificate = New-TentacleCertificate site.example -Issuer $ca -Role Server -OutputDirectory (New-Folder)
            $secure = $certificate | Select-Object CertificatePath, KeyPath | Start-TentacleServer (New-Buffer 2) -Address 127.0.0.1 -Port 0
            $other = New-TentacleCertificate -Authority -OutputDirectory (New-Folder)
            foreach ($authority in $other, $ca) {
                $conf = New-File 'pandora_server.conf' "syncserver 1`nsync_address 127.0.0.1:$($secure.Port)`nsync_ca $($authority.CaPath)`nsync_retries 0`nincomingdir $incoming`n"
                Get-PandoraSyncConfiguration $conf | Export-Csv "$TestDrive/made.csv"
                $result = Import-Csv "$TestDrive/made.csv" | Invoke-PandoraSync -ErrorAction SilentlyContinue
                $result.Result | Should -Be $(if ($authority -eq $ca) { 'OK' } else { 'Trust' })
            }
            Get-FileName $incoming | Should -HaveCount 2
        }

        It '13: an address named twice is one site, and that is said' {
            $conf = New-File 'pandora_server.conf' "syncserver 1`nsync_address 10.0.0.1, Site.example , 10.0.0.1:41121,site.example.`n"
            $sites = Get-PandoraSyncConfiguration $conf -WarningAction SilentlyContinue -WarningVariable warnings
            $sites.Site | Should -Be '10.0.0.1:41121', 'Site.example:41121'
            $warnings | Should -HaveCount 2
            "$($warnings[0])" | Should -Be "$conf, line 2: 10.0.0.1:41121 is named twice; it is one site and drained once."
            $results = Invoke-PandoraSync $dead, '127.1:1', $site $incoming -RetryCount 0 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue -WarningVariable warnings
            $results | Should -HaveCount 2
            "$warnings" | Should -Be '127.1:1 is 127.0.0.1:1 once more; it is one site and drained once.'
        }

        It '13: one that is off is not drained by a pipe either, and that is said' {
            $conf = New-File 'pandora_server.conf' "syncserver 0`nsync_address $site`nincomingdir $incoming`n"
            $sites = Get-PandoraSyncConfiguration $conf -WarningAction SilentlyContinue -WarningVariable warnings
            $sites.IsEnabled | Should -BeFalse
            "$warnings" | Should -BeLike '*syncserver is off*'
            $sites | Invoke-PandoraSync -WarningAction SilentlyContinue -WarningVariable warnings | Should -BeNullOrEmpty
            "$warnings" | Should -BeLike '*syncserver*'
            Get-FileName $buffer | Should -HaveCount 3
        }
    }
}
