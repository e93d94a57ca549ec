BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
}

Describe 'Sessions' {
    BeforeAll { $server = Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0 }
    AfterAll { Stop-TentacleServer $server }

    It 'are called by name, number or object' {
        $session = New-TentacleSession "127.0.0.1:$($server.Port)" -Name north
        (Get-TentacleSession n*).Id | Should -Be $session.Id
        (Get-TentacleSession -Id $session.Id).Name | Should -Be 'north'
        Get-TentacleFile -Session north | Should -BeNullOrEmpty
        Remove-TentacleSession north -WhatIf
        (Get-TentacleSession).Count | Should -Be 1
        $session | Remove-TentacleSession
        Get-TentacleSession | Should -BeNullOrEmpty
        { Get-TentacleFile -Session $session -ErrorAction Stop } | Should -Throw "The session 'north' is closed*"
        { Get-TentacleFile -Session north } | Should -Throw "*There is no session 'north'*"
    }

    It 'complete their names' {
        $session = New-TentacleSession "127.0.0.1:$($server.Port)" -Name 'south site'
        $line = 'Get-TentacleFile -Session so'
        $found = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches
        $found.CompletionText | Should -Be "'south site'"
        Remove-TentacleSession $session
    }

    It 'are not made to a server that does not answer' {
        $problems = $null
        New-TentacleSession 127.0.0.1:1 -RetryCount 0 -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'Tentacle.Unreachable,*'
        $problems[0].Exception.Message | Should -Be '127.0.0.1:1 cannot be connected to (connection refused): check that a Tentacle server listens there.'
    }
}

Describe 'A server with a password' {
    BeforeAll { $server = Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0 -Credential (New-Password 'sesame') }
    AfterAll { Stop-TentacleServer $server }

    It 'lets in whoever has it' {
        $steps = Test-TentacleServer 127.0.0.1 -Port $server.Port -Credential (New-Password 'sesame')
        $steps.Step | Should -Be 'Name', 'Port', 'Authentication', 'Listing', 'Storage'
        $steps.Succeeded | Should -Not -Contain $false
        Test-TentacleServer 127.0.0.1 -Port $server.Port -Credential (New-Password 'sesame') -Quiet | Should -BeTrue
    }

    It 'keeps out whoever has not, and says so' {
        $steps = Test-TentacleServer 127.0.0.1 -Port $server.Port -Credential (New-Password 'wrong')
        $steps.Succeeded | Should -Be $true, $true, $false
        $steps[2].Detail | Should -BeLike '*refused the password*'
        $steps[2].Detail | Should -Not -BeLike '*wrong password*'
        { Get-TentacleFile -ComputerName 127.0.0.1 -Port $server.Port -RetryCount 0 -ErrorAction Stop } | Should -Throw '*it may want TLS or a password*'
    }
}

Describe 'Servers' {
    It 'are listed while they run, and not started with -WhatIf' {
        $folder = New-Folder
        Start-TentacleServer $folder -Port 0 -WhatIf | Should -BeNullOrEmpty
        Get-TentacleServer | Should -BeNullOrEmpty
        $server = Start-TentacleServer $folder -Address 127.0.0.1, ::1 -Port 0
        $server.Endpoints | Should -HaveCount 2
        (Get-TentacleServer).Id | Should -Be $server.Id
        Stop-TentacleServer -Id $server.Id
        $server.State | Should -Be 'Stopped'
        Get-TentacleServer | Should -BeNullOrEmpty
    }

    It 'do not share a port, and need their folder' {
        $server = Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0
        { Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port $server.Port } | Should -Throw "Cannot listen on 127.0.0.1:$($server.Port): another program listens there*"
        { Start-TentacleServer '/nowhere/buffer' -Port 0 } | Should -Throw "The storage directory '/nowhere/buffer' does not exist: create it."
        Stop-TentacleServer $server
    }

    It 'that are for sending only do not list' {
        $server = Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0 -SendOnly
        $steps = Test-TentacleServer 127.0.0.1 -Port $server.Port
        $steps[3].Step | Should -Be 'Listing'
        $steps[3].Succeeded | Should -BeFalse
        $steps[3].RecommendedAction | Should -BeLike '*-I*'
        Stop-TentacleServer $server
    }
}

Describe 'Sync' {
    It 'drains the sites that come through the pipeline, and names the one that fails' {
        $folders = (New-Folder), (New-Folder)
        $servers = $folders | ForEach-Object { Start-TentacleServer $_ -Address 127.0.0.1 -Port 0 }
        foreach ($i in 0, 1) { [IO.File]::WriteAllText([IO.Path]::Combine($folders[$i], "agent$i.176000000$i.data"), "site $i") }
        $incoming = New-Folder
        $sites = @($servers | ForEach-Object { [pscustomobject] @{ ComputerName = '127.0.0.1'; Port = $_.Port } }) + [pscustomobject] @{ ComputerName = '127.0.0.1'; Port = 1 }
        $none = $sites | Invoke-PandoraSync -Destination $incoming -WhatIf
        $none | Should -BeNullOrEmpty
        [IO.Directory]::GetFiles($incoming) | Should -HaveCount 0
        $results = $sites | Invoke-PandoraSync -Destination $incoming -RetryCount 0 -ErrorAction SilentlyContinue -ErrorVariable problems
        $results | Should -HaveCount 3
        @($results | Where-Object Succeeded) | Should -HaveCount 2
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'Tentacle.Unreachable,*'
        [IO.Directory]::GetFiles($incoming) | Should -HaveCount 2
        $servers | Stop-TentacleServer
    }
}
