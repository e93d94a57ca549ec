BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
}

Describe 'An error has an id, a category and advice' {
    BeforeAll {
        $buffer = New-Folder
        $null = New-File 'a.1.data' 'x' $buffer
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0 -MaxFileSize 10
        $guarded = Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0 -Credential (New-Password 'sesame')
        $ca = New-TentacleCertificate -Authority -OutputDirectory (New-Folder)
        $site = New-TentacleCertificate localhost, 127.0.0.1 -Issuer $ca -OutputDirectory (New-Folder)
        $secure = $site | Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0
        $silent = Start-FakeServer
        $leaving = Start-FakeServer @{ 'LS*' = "LS SIZE 100`nonly.1.data" } -HangUp
        $boasting = Start-FakeServer @{ 'LS*' = "LS SIZE 99999999999`n" }
        $babbling = Start-FakeServer @{ '*' = "HTTP/1.1 400 Bad Request`n" }
    }

    BeforeEach { $at = @{ ComputerName = '127.0.0.1'; RetryCount = 0; ErrorAction = 'Stop' } }

    AfterAll {
        $server, $guarded, $secure | Stop-TentacleServer
        $silent, $leaving, $boasting, $babbling | ForEach-Object { Stop-FakeServer $_ }
    }

    It '<id> is a <category>' -ForEach @(
        @{ id = 'NameNotFound'; category = 'ObjectNotFound'; command = { Get-TentacleFile -ComputerName no-such-host.invalid -RetryCount 0 -ErrorAction Stop } }
        @{ id = 'NotFound'; category = 'ObjectNotFound'; command = { Get-TentacleFile -Name none.data -Port $server.Port @at } }
        @{ id = 'Unreachable'; category = 'ConnectionError'; command = { Get-TentacleFile -Port 1 @at } }
        @{ id = 'Disconnected'; category = 'ConnectionError'; command = { Get-TentacleFile -Port $leaving.Port @at } }
        @{ id = 'Timeout'; category = 'OperationTimeout'; command = { Get-TentacleFile -Port $silent.Port -TimeoutSec 0.5 @at } }
        @{ id = 'Protocol'; category = 'ProtocolError'; command = { Get-TentacleFile -Port $babbling.Port @at } }
        @{ id = 'AuthenticationFailed'; category = 'AuthenticationError'; command = { Get-TentacleFile -Port $guarded.Port -Credential (New-Password 'wrong') @at } }
        @{ id = 'TooLarge'; category = 'LimitsExceeded'; command = { Get-TentacleFile -Port $boasting.Port @at } }
        @{ id = 'Refused'; category = 'PermissionDenied'; command = { Send-TentacleFile -Path (New-File 'b.2.data' ('x' * 11)) -Port $server.Port @at } }
        @{ id = 'BadName'; category = 'InvalidArgument'; command = { Send-TentacleFile -Path (New-File 'a$b.data' 'x') -Port $server.Port @at } }
        @{ id = 'LocalFile'; category = 'WriteError'; command = { Send-TentacleFile -Path '/nowhere/none.data' -Port $server.Port @at } }
        @{ id = 'Trust'; category = 'SecurityError'; command = { Get-TentacleFile -Port $secure.Port -Fingerprint ('00' * 32) @at } }
        @{ id = 'Certificate'; category = 'SecurityError'; command = { Get-TentacleFile -Port $secure.Port -CaPath (New-File 'ca.pem' 'no certificate') @at } }
        @{ id = 'Configuration'; category = 'InvalidArgument'; command = { Get-TentacleFile -ComputerName 'no host' -ErrorAction Stop } }
        @{ id = 'Address'; category = 'ResourceBusy'; command = { Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port $server.Port } }
        @{ id = 'Busy'; category = 'ResourceBusy'; command = { Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0 } }) {
        $problem = $command | Should -Throw -PassThru
        $problem.FullyQualifiedErrorId | Should -BeLike "Tentacle.$id,PandoraSync.Cmdlets.*"
        $problem.CategoryInfo.Category | Should -Be $category
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$problem" | Should -Not -BeLike "*$($problem.ErrorDetails.RecommendedAction.TrimEnd('.'))*" -Because 'the same is never said twice'
        "$problem" | Should -Match '^[^\r\n]+[.:]' -Because 'it is one sentence'
        "$problem" | Should -Not -Match '   at |Exception'
    }

    It 'of a certificate that is not trusted says which rule failed, and apart from it what to do: <rule>' -ForEach @(
        @{ rule = 'PinMismatch'; parameters = { @{ Fingerprint = '00' * 32 } }; problem = 'neither its key nor its certificate has the fingerprint' ; action = 'If its key was changed on purpose, give the new fingerprint; otherwise somebody else has answered.' }
        @{ rule = 'UnknownAuthority'; parameters = { @{ CaPath = (New-TentacleCertificate -Authority -CommonName other -OutputDirectory (New-Folder)).CaPath } }; problem = 'its certificate was not issued by an authority of'; action = 'Use the authority file of its issuer (-CaPath), and have the peer send the authorities in between.' }
        @{ rule = 'WrongName'; parameters = { @{ CaPath = $ca.CaPath; ComputerName = '127.0.0.2' } }; problem = "its certificate is not for '127.0.0.2'"; action = 'Connect by a name in the certificate, have this one added to it, or skip the host name check (-SkipHostNameCheck).' }) {
        $parameters = & $parameters
        foreach ($name in $parameters.Keys) { $at[$name] = $parameters[$name] }
        $anywhere = $site | Start-TentacleServer (New-Folder) -Port 0
        try { $found = { Get-TentacleFile @at -Port $anywhere.Port } | Should -Throw -PassThru } finally { Stop-TentacleServer $anywhere }
        $found.ErrorDetails.Message | Should -Match ([regex]::Escape($problem))
        $found.ErrorDetails.Message | Should -Match '\(step: TLS handshake\)\.$'
        $found.ErrorDetails.RecommendedAction | Should -BeExactly $action
        $found.ErrorDetails.Message | Should -Not -Match ([regex]::Escape($action.Substring(1).TrimEnd('.')))
    }

    It 'is listed with cause and cure in docs/errors.md, as the module has them' {
        $root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
        $text = (& ([IO.Path]::Combine($root, 'tools', 'help', 'Write-Errors.ps1')) | Out-String -Width 4096).Replace("`r", '').TrimEnd("`n")
        [IO.File]::ReadAllText([IO.Path]::Combine($root, 'docs', 'errors.md')).Replace("`r", '').TrimEnd("`n") | Should -BeExactly $text -Because 'Update-Help.ps1 writes it'
    }

    It 'of one item does not keep the others' {
        $sites = 1, $server.Port, $guarded.Port | ForEach-Object { [pscustomobject] @{ ComputerName = '127.0.0.1'; Port = $_ } }
        ($sites | Get-TentacleFile -RetryCount 0 -ErrorAction SilentlyContinue -ErrorVariable problems).Name | Should -Be 'a.1.data'
        $problems | ForEach-Object { $_.FullyQualifiedErrorId -replace ',.*' } | Should -Be 'Tentacle.Unreachable', 'Tentacle.AuthenticationFailed'
        $last = Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0
        Stop-TentacleServer -Id 999, $last.Id -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | ForEach-Object { $_.CategoryInfo.Category } | Should -Be 'ObjectNotFound'
        $last.State | Should -Be 'Stopped'
    }
}

Describe 'Tab completes' {
    BeforeAll {
        $buffer = New-Folder
        foreach ($name in 'a.1.data', 'agent one.2.data') { $null = New-File $name 'x' $buffer }
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        $null = New-TentacleSession 127.0.0.1 -Port $server.Port -Name north
        $null = New-TentacleSession 127.0.0.1 -Port $server.Port -Name 'north west'

        function Complete($Line) { (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches | ForEach-Object { $_.CompletionText } }
    }

    AfterAll {
        'north', 'north west' | ForEach-Object { Remove-TentacleSession $_ }
        Stop-TentacleServer $server
    }

    It '<line>' -ForEach @(
        @{ line = 'Get-TentacleFile -Session nor'; found = 'north', "'north west'" }
        @{ line = 'Send-TentacleFile -Session nor'; found = 'north', "'north west'" }
        @{ line = 'Test-TentacleServer -Session nor'; found = 'north', "'north west'" }
        @{ line = 'Remove-TentacleSession nor'; found = 'north', "'north west'" }
        @{ line = 'Get-TentacleSession nor'; found = 'north', "'north west'" }
        @{ line = 'Start-TentacleServer -RelayTo nor'; found = 'north', "'north west'" }
        @{ line = 'Get-TentacleFile -Session north -Name a'; found = 'a.1.data', "'agent one.2.data'" }
        @{ line = 'Remove-TentacleFile -Session north -Name a'; found = 'a.1.data', "'agent one.2.data'" }
        @{ line = 'Receive-TentacleBuffer ./in -Session north -Name ag'; found = "'agent one.2.data'" }
        @{ line = 'Get-TentacleFile -Session north -Folder c'; found = 'collections', 'commands', 'conf' }
        @{ line = 'New-TentacleCertificate host -Role S'; found = 'Server', 'ServerAndClient' }
        @{ line = 'Get-TentacleFile 127.0.0.1:'; found = { "127.0.0.1:$($server.Port)" } }
        @{ line = 'Invoke-PandoraSync 127.0.0.1:'; found = { "127.0.0.1:$($server.Port)" } }
        @{ line = 'Test-TentacleServer -ComputerName 127.'; found = { "127.0.0.1:$($server.Port)" } }
        @{ line = 'Test-TentacleServer host -Folder c'; found = 'collections', 'commands', 'conf' }
        @{ line = 'Start-TentacleServer ./x -CipherSuite ECDHE-RSA-A'; found = 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384' }
        @{ line = 'Get-TentacleFile host -CaPath ./c'; found = { [IO.Path]::Combine('.', 'ca.pem') } }
        @{ line = 'Start-TentacleServer ./x -k ./c'; found = { [IO.Path]::Combine('.', 'ca.pem') } }
        @{ line = 'Remove-TentacleFile -Session none -Name a'; found = @() }) {
        if ($found -is [scriptblock]) { $found = & $found }
        Push-Location (New-Folder)
        foreach ($name in 'ca.pem', 'calendar.txt') { Set-Content $name x }

        try { @(Complete $line) | Sort-Object | Should -Be ($found | Sort-Object) } finally { Pop-Location }
    }

    It 'nothing, and in time, where the server does not answer' {
        $silent = Start-FakeServer
        try {
            $done = [Diagnostics.Stopwatch]::StartNew()
            Complete "Get-TentacleFile -ComputerName 127.0.0.1 -Port $($silent.Port) -Name a" | Should -BeNullOrEmpty
            $done.Elapsed.TotalSeconds | Should -BeLessThan 60 -Because 'it does not hang'
        }
        finally { Stop-FakeServer $silent }
    }
}

Describe 'The letters of stock options' {
    It '<letter> of <name> means -<parameter>' -ForEach @(
        foreach ($name in 'Get-TentacleFile', 'Send-TentacleFile', 'Receive-TentacleBuffer', 'Remove-TentacleFile', 'New-TentacleSession', 'Test-TentacleServer', 'Invoke-PandoraSync') {
            foreach ($pair in 'a ComputerName', 'p Port', 't TimeoutSec', 'r RetryCount', 'f CaPath', 'e CertificatePath', 'k KeyPath', 'y Proxy') { @{ name = $name; letter = $pair[0]; parameter = $pair.Substring(2) } }
        }
        foreach ($pair in 'a Address', 'p Port', 's Path', 'c MaxConnections', 'i Filter', 'm MaxFileSize', 'o Overwrite', 'r RetryCount', 't TimeoutSec', 'e CertificatePath', 'k KeyPath', 'f CaPath', 'u CipherSuite') {
            @{ name = 'Start-TentacleServer'; letter = $pair[0]; parameter = $pair.Substring(2) }
        }) {
        (Get-Command $name).ResolveParameter("$letter").Name | Should -BeExactly $parameter
    }

    It 'and all other aliases are unlike each other' {
        foreach ($command in Get-Command -Module PandoraSync) {
            $names = $command.Parameters.Values | ForEach-Object { $_.Name; $_.Aliases } | ForEach-Object { $_.ToLowerInvariant() }
            ($names | Group-Object | Where-Object Count -GT 1).Name | Should -BeNullOrEmpty -Because $command.Name
        }
    }

    It 'start a server and list it' {
        $buffer = New-Folder
        $null = New-File 'a.1.data' 'x' $buffer
        $server = Start-TentacleServer -s $buffer -a 127.0.0.1 -p 0 -c 5 -o -i '.*\.conf:conf'
        try {
            $server.MaxConnections | Should -Be 5
            (Get-TentacleFile -a 127.0.0.1 -p $server.Port -t 5 -r 0).Name | Should -Be 'a.1.data'
        }
        finally { Stop-TentacleServer $server }
    }
}
