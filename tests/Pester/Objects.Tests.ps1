BeforeAll {
    $module = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'artifacts', 'module', 'PandoraSync'))
    Import-Module $module

    function New-Folder { [IO.Directory]::CreateDirectory([IO.Path]::Combine([string] $TestDrive, [guid]::NewGuid().ToString('N'))).FullName }
    function New-Password($Text) {
        $secret = [securestring]::new()
        foreach ($c in $Text.ToCharArray()) { $secret.AppendChar($c) }
        [pscredential]::new('any', $secret)
    }

    function Test-Flat($Object) {
        foreach ($property in $Object.PSObject.Properties) {
            $value = $property.Value
            $isFlat = $null -eq $value -or $value -is [string] -or $value -is [Collections.ObjectModel.ReadOnlyCollection[string]] -or $value -is [datetime] -or ($value -is [ValueType] -and $value.GetType().IsPrimitive)
            if (-not $isFlat) { "$($property.Name) is a $($value.GetType())" }
        }
    }

    $buffer = New-Folder
    $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0 -Credential (New-Password 'sesame')
    $at = @{ ComputerName = '127.0.0.1'; Port = $server.Port; Credential = New-Password 'sesame' }
    $names = 'a.1760000001.data', 'b.1760000002.data', 'c.1760000003.data'
}

AfterAll {
    Get-TentacleSession | Where-Object Port -eq $server.Port | Remove-TentacleSession
    Stop-TentacleServer $server
}

Describe 'What a cmdlet gives' {
    BeforeEach { foreach ($name in $names) { [IO.File]::WriteAllText([IO.Path]::Combine($buffer, $name), 'measured') } }

    It 'is flat: <what>' -ForEach @(
        @{ what = 'a server'; make = { $server } }
        @{ what = 'a session'; make = { New-TentacleSession @at } }
        @{ what = 'a listed file'; make = { Get-TentacleFile @at -Detailed } }
        @{ what = 'a sent file'; make = { [IO.File]::WriteAllText("$TestDrive/s.1.data", 'x'); Send-TentacleFile -Path "$TestDrive/s.1.data" @at -PassThru } }
        @{ what = 'a received file'; make = { Receive-TentacleBuffer -Destination (New-Folder) @at } }
        @{ what = 'a step of a test'; make = { Test-TentacleServer @at } }
        @{ what = 'a step that fails'; make = { Test-TentacleServer 127.0.0.1:1 -RetryCount 0 } }
        @{ what = 'a site that was drained'; make = { Invoke-PandoraSync 127.0.0.1 -Port $server.Port -Credential $at.Credential -Destination (New-Folder) } }
        @{ what = 'a site that is dead'; make = { Invoke-PandoraSync 127.0.0.1:1 -Destination (New-Folder) -RetryCount 0 -ErrorAction SilentlyContinue } }
        @{ what = 'a certificate'; make = { New-TentacleCertificate -Authority -OutputDirectory (New-Folder) } }
        @{ what = 'a configuration'; make = {
                [IO.File]::WriteAllLines("$TestDrive/pandora_server.conf", @('syncserver 1', 'sync_address 10.0.0.1,10.0.0.2', 'incomingdir /tmp'))
                Get-PandoraSyncConfiguration "$TestDrive/pandora_server.conf"
                Get-PandoraSyncConfiguration "$TestDrive/pandora_server.conf" -Settings
            }
        }) {
        $made = @(& $make)
        $made | Should -Not -BeNullOrEmpty
        $made | ForEach-Object { Test-Flat $_ } | Should -BeNullOrEmpty
        $shown = @(($made[0] | Format-List * | Out-String -Width 4096) -split "`n" | Where-Object { $_ -match ' : (PandoraSync|System)\.|\{PandoraSync|\{System' })
        $shown | Should -BeNullOrEmpty
        $json = $made | ConvertTo-Json -Depth 1 -WarningVariable said -WarningAction SilentlyContinue
        $said | Should -BeNullOrEmpty
        $json | Should -Not -Match 'StackTrace|PandoraSync\.'
        $made | ConvertTo-Csv | Should -Not -Match 'PandoraSync\.(Cmdlets|Client|Sync|Protocol)\.|System\.(String|Object)\[\]'
    }
}

Describe 'The result of two sites of which one is dead' {
    BeforeAll {
        [IO.File]::WriteAllText([IO.Path]::Combine($buffer, $names[0]), 'measured')
        $results = "127.0.0.1:$($server.Port)", '127.0.0.1:1' | Invoke-PandoraSync -Destination (New-Folder) -Credential $at.Credential -RetryCount 0 -ErrorAction SilentlyContinue -ErrorVariable problems | Sort-Object Succeeded -Descending
    }

    It 'is JSON of less than 40 lines, each value a scalar, without a warning' {
        $json = $results | ConvertTo-Json -WarningVariable said -WarningAction SilentlyContinue
        $said | Should -BeNullOrEmpty
        ($json -split "`n").Count | Should -BeLessThan 40
        foreach ($site in $json | ConvertFrom-Json) {
            $site.PSObject.Properties.Name | Should -Be 'Site', 'Result', 'Succeeded', 'Files', 'Bytes', 'Recovered', 'Skipped', 'SkippedFiles', 'StartTime', 'Duration', 'Error', 'ErrorId', 'RecommendedAction'
            foreach ($property in $site.PSObject.Properties) { $property.Value -is [pscustomobject] | Should -BeFalse -Because "$($property.Name) is a value" }
        }
    }

    It 'is a CSV file of readable cells' {
        $results | Export-Csv "$TestDrive/results.csv"
        $rows = Import-Csv "$TestDrive/results.csv"
        $rows.Result | Should -Be 'OK', 'Unreachable'
        $rows[0].SkippedFiles | Should -Be ''
        $rows[1].Error | Should -Be '127.0.0.1:1 cannot be connected to (connection refused).'
        "$($rows | ForEach-Object { $_.PSObject.Properties.Value })" | Should -Not -Match 'System\.|PandoraSync\.'
    }

    It 'says what is wrong in one place and what to do in another, and keeps the exception out of sight' {
        $results[1].Result | Should -Be 'Unreachable'
        $results[1].ErrorId | Should -Be 'Tentacle.Unreachable'
        $results[1].RecommendedAction | Should -Be 'Check that a Tentacle server listens there.'
        $results[1].GetException() | Should -BeOfType ([Exception])
        $results[1].PSObject.Properties.Name | Should -Not -Contain 'Exception'
        "$($problems[0])" | Should -Be $results[1].Error
        $problems[0].ErrorDetails.RecommendedAction | Should -Be $results[1].RecommendedAction
        $problems[0].Exception | Should -Be $results[1].GetException()
    }
}

Describe 'An error' {
    It 'says what is wrong in one place and what to do in another: <what>' -ForEach @(
        @{ what = 'no such folder'; problem = "The storage directory '/nowhere/buffer' does not exist."; action = 'Create it.'; do = { Start-TentacleServer /nowhere/buffer -Port 0 } }
        @{ what = 'no server'; problem = '127.0.0.1:1 cannot be connected to (connection refused).'; action = 'Check that a Tentacle server listens there.'; do = { Get-TentacleFile -ComputerName 127.0.0.1:1 -RetryCount 0 -ErrorAction Stop } }
        @{ what = 'nobody to trust'; problem = 'With TLS it must be said whom to trust.'; action = 'Give -CaPath or -Fingerprint, or -SkipCertificateCheck to trust whoever answers.'; do = { Get-TentacleFile -ComputerName 127.0.0.1:1 -SkipHostNameCheck -ErrorAction Stop } }
        @{ what = 'no address'; problem = "'[::1' is not an address."; action = 'Write [address]:port.'; do = { Get-TentacleFile -ComputerName '[::1' -ErrorAction Stop } }
        @{ what = 'a wrong password'; problem = '*refused the password*'; action = 'Give the server''s password with -Credential*'; do = { Get-TentacleFile -ComputerName 127.0.0.1 -Port $server.Port -Credential (New-Password 'wrong') -ErrorAction Stop } }
        @{ what = 'no such file'; problem = "*has no file 'none.data'."; action = "List the server's files with Get-TentacleFile."; do = { Remove-TentacleFile -Name none.data @at -ErrorAction Stop } }) {
        $record = $null
        try { & $do } catch { $record = $_ }
        "$record" | Should -BeLike $problem.Replace('[', '`[')
        $record.ErrorDetails.RecommendedAction | Should -BeLike $action.Replace('[', '`[')
    }
}

Describe 'The files that a drain skipped' {
    It 'are names with reasons, in JSON and in one cell of a CSV file' {
        foreach ($name in 'a.1.data', 'b$.2.data', 'c$.3.data') { [IO.File]::WriteAllText([IO.Path]::Combine($buffer, $name), 'x') }
        $result = Invoke-PandoraSync 127.0.0.1 -Port $server.Port -Credential $at.Credential -Destination (New-Folder) -ErrorAction SilentlyContinue
        foreach ($name in 'b$.2.data', 'c$.3.data') { [IO.File]::Delete([IO.Path]::Combine($buffer, $name)) }
        $result.Result | Should -Be 'FilesSkipped'
        $result.Succeeded | Should -BeFalse
        $result.Skipped | Should -Be 2
        @($result.SkippedFiles) -like '*unsafe*' | Should -HaveCount 2
        $read = $result | ConvertTo-Json | ConvertFrom-Json
        $read.SkippedFiles | Should -Be $result.SkippedFiles
        ($result | ConvertTo-Csv | ConvertFrom-Csv).SkippedFiles | Should -Match '^[bc]\$\.[23]\.data: .*; [bc]\$\.[23]\.data: '
    }
}

Describe 'A server after a drain in which nothing went wrong' {
    It 'counts no error' {
        $calm = Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0
        try {
            foreach ($i in 1..5) { [IO.File]::WriteAllText([IO.Path]::Combine($calm.Path, "agent.176000000$i.data"), 'x') }
            (Invoke-PandoraSync "127.0.0.1:$($calm.Port)" -Destination (New-Folder)).Files | Should -Be 5
            $ended = [DateTime]::UtcNow.AddSeconds(30)
            while ($calm.Connections -gt 0 -and [DateTime]::UtcNow -lt $ended) { [Threading.Thread]::Sleep(10) }
            $calm.Connections | Should -Be 0
            $calm.Errors | Should -Be 0
            $calm.FilesMoved | Should -Be 5
        }
        finally {
            Stop-TentacleServer $calm
        }
    }
}

Describe 'A file that is piped on' {
    BeforeEach { foreach ($name in $names) { [IO.File]::WriteAllText([IO.Path]::Combine($buffer, $name), 'measured') } }

    It 'is reached by the session that listed it, password and all' {
        Get-TentacleFile @at | Where-Object Name -eq $names[0] | Remove-TentacleFile
        (Get-TentacleFile @at).Name | Should -Be $names[1], $names[2]
        $session = New-TentacleSession @at
        (Get-TentacleFile -Session $session | Receive-TentacleBuffer -Destination (New-Folder)).Name | Sort-Object | Should -Be $names[1], $names[2]
        Remove-TentacleSession $session
    }

    It 'is reached as the command itself says, where it does' {
        Get-TentacleFile @at | Remove-TentacleFile -Credential (New-Password 'wrong') -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'Tentacle.AuthenticationFailed,*'
        @(Get-TentacleFile @at) | Should -HaveCount 3
    }

    It 'comes back from <from> and binds to the next cmdlet' -ForEach @(
        @{ from = 'a job'; through = { Receive-Job (Start-Job -ArgumentList $module, $at.Port { param($module, $port)
                        Import-Module $module
                        $secret = [securestring]::new(); foreach ($c in 'sesame'.ToCharArray()) { $secret.AppendChar($c) }
                        Get-TentacleFile -ComputerName 127.0.0.1 -Port $port -Credential ([pscredential]::new('any', $secret)) -Detailed
                    }) -Wait -AutoRemoveJob } }
        @{ from = 'JSON'; through = { Get-TentacleFile @at | ConvertTo-Json | ConvertFrom-Json } }
        @{ from = 'a CSV file'; through = { Get-TentacleFile @at | Export-Csv "$TestDrive/files.csv"; Import-Csv "$TestDrive/files.csv" } }) {
        $back = @(& $through)
        $back | Should -HaveCount 3
        $back | Select-Object * -ExcludeProperty RunspaceId, PSSourceJobInstanceId | ForEach-Object { Test-Flat $_ } | Should -BeNullOrEmpty
        $back | Where-Object Name -ne $names[1] | Remove-TentacleFile -Credential $at.Credential
        (Get-TentacleFile @at).Name | Should -Be $names[1]
        ($back | Where-Object Name -eq $names[1] | Receive-TentacleBuffer -Destination (New-Folder) -Credential $at.Credential).Length | Should -Be 8
    }
}

Describe 'A session and a certificate that come back as text' {
    It 'bind to the next cmdlet by host, port and paths' {
        $session = New-TentacleSession @at | ConvertTo-Json | ConvertFrom-Json
        $session | Test-TentacleServer -Credential $at.Credential -Quiet | Should -BeTrue
        Remove-TentacleSession $session.Name
        $ca = New-TentacleCertificate -Authority -OutputDirectory (New-Folder) | ConvertTo-Json | ConvertFrom-Json
        $site = New-TentacleCertificate 127.0.0.1 -Issuer $ca -Role Server -OutputDirectory (New-Folder) | ConvertTo-Json | ConvertFrom-Json
        $safe = $site | Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0
        $safe.UsesTls | Should -BeTrue
        Stop-TentacleServer $safe
    }
}
