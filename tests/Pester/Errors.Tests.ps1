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
        "$problem" | Should -Match '^[^\r\n]+[.:]' -Because 'it is one sentence'
        "$problem" | Should -Not -Match '   at |Exception'
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
        @{ line = 'Remove-TentacleFile -Session none -Name a'; found = @() }) {
        @(Complete $line) | Sort-Object | Should -Be ($found | Sort-Object)
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
