BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
}

Describe 'Rows of a pipeline' {
    It 'never use the connection of another row''s password' {
        $buffer = New-Folder
        foreach ($name in 'a.1.data', 'b.2.data') { [IO.File]::WriteAllText([IO.Path]::Combine($buffer, $name), 'x') }
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0 -Credential (New-Password 'sesame')
        try {
            $rows = foreach ($row in @(('sesame', 'a.1.data'), ('wrong', 'b.2.data'))) {
                [pscustomobject] @{ ComputerName = '127.0.0.1'; Port = $server.Port; Credential = New-Password $row[0]; Name = $row[1] }
            }
            $rows | Remove-TentacleFile -ErrorAction SilentlyContinue -ErrorVariable problems
            $problems | ForEach-Object { $_.FullyQualifiedErrorId } | Should -Be 'Tentacle.AuthenticationFailed,PandoraSync.Cmdlets.Files.RemoveTentacleFileCmdlet'
            [IO.Directory]::GetFiles($buffer) | ForEach-Object { [IO.Path]::GetFileName($_) } | Should -Be 'b.2.data'
        }
        finally {
            Stop-TentacleServer $server
        }
    }

    It 'that cannot be used are errors of their own, and the other sites are drained' {
        $buffer = New-Folder
        [IO.File]::WriteAllText([IO.Path]::Combine($buffer, 'a.1.data'), 'x')
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        try {
            $rows = [pscustomobject] @{ ComputerName = 'no host'; Port = 5 }, [pscustomobject] @{ ComputerName = '127.0.0.1'; Port = $server.Port }
            $results = $rows | Invoke-PandoraSync -Destination (New-Folder) -ErrorAction SilentlyContinue -ErrorVariable problems
            $results.Result | Should -Be 'Configuration', 'OK'
            $results.Files | Should -Be 0, 1
            $problems | ForEach-Object { $_.FullyQualifiedErrorId } | Should -Be 'Tentacle.Configuration,PandoraSync.Cmdlets.Sync.InvokePandoraSyncCmdlet'
            $problems[0].TargetObject | Should -Be 'no host'
            @($rows | Get-TentacleFile -ErrorAction SilentlyContinue -ErrorVariable problems) | Should -HaveCount 0
            $problems | Should -HaveCount 1
            @($rows | Test-TentacleServer -ErrorAction SilentlyContinue) | Should -HaveCount 5
        }
        finally {
            Stop-TentacleServer $server
        }
    }

    It 'leave a file over -MaxFileSize and name it, and warn of files of a site that is not among them' {
        $buffer, $incoming = (New-Folder), (New-Folder)
        foreach ($size in 10, 20) { [IO.File]::WriteAllText([IO.Path]::Combine($buffer, "a.$size.data"), 'x' * $size) }
        $whole = [IO.Path]::Combine($incoming, '.pandorasync', 'old.example%3a41121', 'whole')
        [IO.File]::WriteAllText([IO.Path]::Combine([IO.Directory]::CreateDirectory($whole).FullName, 'b.1.data'), 'x')
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        try {
            $result = Invoke-PandoraSync "127.0.0.1:$($server.Port)" $incoming -MaxFileSize 10 -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction SilentlyContinue -WarningVariable warnings
            $result.Files | Should -Be 1
            $problems.FullyQualifiedErrorId | Should -Be 'Tentacle.TooLarge,PandoraSync.Cmdlets.Sync.InvokePandoraSyncCmdlet'
            "$problems" | Should -BeLike "'a.20.data' at 127.0.0.1:* was not taken: It has 20 bytes, over the limit of 10."
            "$warnings" | Should -BeLike "1 file of 'old.example:41121', which this run does not drain, still waits in '*"
            (Receive-TentacleBuffer -ComputerName "127.0.0.1:$($server.Port)" $incoming -MaxFileSize 20 -WarningAction SilentlyContinue).Name | Should -Be 'a.20.data'
        }
        finally {
            Stop-TentacleServer $server
        }
    }

    It 'with empty cells mean the defaults' {
        $said = [pscustomobject] @{ ComputerName = '127.0.0.1'; Port = ''; TimeoutSec = ''; RetryCount = ' ' } | Invoke-PandoraSync -Destination (New-Folder) -WhatIf -ErrorVariable problems
        $said | Should -BeNullOrEmpty
        $problems | Should -BeNullOrEmpty
        $server = Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0
        $session = [pscustomobject] @{ ComputerName = "127.0.0.1:$($server.Port)"; Port = ''; TimeoutSec = ''; RetryCount = '' } | New-TentacleSession
        $session.RetryCount | Should -Be 3
        $session.TimeoutSec | Should -Be 10
        Remove-TentacleSession $session
        Stop-TentacleServer $server
    }
}

Describe 'Files to send' {
    BeforeEach {
        $buffer = New-Folder
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0 -Overwrite
        $at = @{ ComputerName = '127.0.0.1'; Port = $server.Port }
    }

    AfterEach { Stop-TentacleServer $server }

    It 'on a drive that does not exist, or with a pattern that is none, do not keep the others' {
        'nodrive:/x.data', '/nowhere/[.data', (New-File 'good.1.data' 'x') | Send-TentacleFile @at -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | ForEach-Object { $_.FullyQualifiedErrorId } | Should -Be @('Tentacle.LocalFile,PandoraSync.Cmdlets.Files.SendTentacleFileCmdlet', 'Tentacle.BadName,PandoraSync.Cmdlets.Files.SendTentacleFileCmdlet')
        "$($problems[0].Exception.Message)" | Should -BeLike "'nodrive:/x.data' cannot be used:*'nodrive'*"
        [IO.Directory]::GetFiles($buffer) | Should -HaveCount 1
    }

    It 'do not all get the one name that -NewName gives' {
        $folder = New-Folder
        foreach ($name in 'a.1.data', 'b.2.data') { [IO.File]::WriteAllText([IO.Path]::Combine($folder, $name), $name) }
        { Send-TentacleFile -Path ([IO.Path]::Combine($folder, '*')) @at -NewName 'z.9.data' } | Should -Throw "-NewName 'z.9.data' is for one file*"
        [IO.Directory]::GetFiles($buffer) | Should -HaveCount 0
        { [IO.Directory]::GetFiles($folder) | Send-TentacleFile @at -NewName 'z.9.data' } | Should -Throw "-NewName 'z.9.data' is for one file*"
        [IO.Directory]::GetFiles($buffer) | Should -HaveCount 1
    }
}

Describe 'Names that a server chose' {
    BeforeAll {
        # Lists a file that is called '*'; for any other question it has nothing to give.
        $fake = Start-FakeServer ([ordered] @{
                'LS <*'   = "LS SIZE 11`n"
                'LS OK'   = "*`nb.2.data`n"
                'RECV <*' = "RECV ERR (file does not exist)`n"
                'MV <*'   = "MV ERR (file does not exist)`n"
            })
    }

    BeforeEach { $at = @{ ComputerName = '127.0.0.1'; Port = $fake.Port; RetryCount = 0 } }
    AfterAll { Stop-FakeServer $fake }

    It 'are no wildcards for Remove-TentacleFile' {
        Get-TentacleFile @at | Where-Object IsSafe -eq $false | Remove-TentacleFile -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | ForEach-Object { $_.FullyQualifiedErrorId } | Should -Be 'Tentacle.BadName,PandoraSync.Cmdlets.Files.RemoveTentacleFileCmdlet'
        $fake.Asked | Should -Not -Contain 'MV <b.2.data>'
    }

    It 'are no wildcards for Receive-TentacleBuffer' {
        Get-TentacleFile @at | Where-Object IsSafe -eq $false | Receive-TentacleBuffer -Destination (New-Folder) -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        $problems | ForEach-Object { $_.FullyQualifiedErrorId } | Should -Be 'Tentacle.BadName,PandoraSync.Cmdlets.Buffers.ReceiveTentacleBufferCmdlet'
        $fake.Asked | Should -Not -Contain 'RECV <b.2.data>'
    }
}

Describe 'A file that is asked for by its name' {
    It 'and is not there is an error; one that a wildcard does not find is none' {
        $buffer = New-Folder
        [IO.File]::WriteAllText([IO.Path]::Combine($buffer, 'a.1.data'), 'x')
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        try {
            $received = Receive-TentacleBuffer 127.0.0.1 (New-Folder) -Name 'none.data', 'a.1.data', 'z*' -Port $server.Port -ErrorAction SilentlyContinue -ErrorVariable problems
            $received.Name | Should -Be 'a.1.data'
            $problems | ForEach-Object { "$_" } | Should -Be "127.0.0.1:$($server.Port) has no file 'none.data'."
            $problems[0].FullyQualifiedErrorId | Should -BeLike 'Tentacle.NotFound,*'
        }
        finally {
            Stop-TentacleServer $server
        }
    }
}

Describe 'A session' {
    BeforeAll {
        $buffer = New-Folder
        foreach ($name in 'a.1.data', 'agent one.2.data', 'c.3.tmp') { [IO.File]::WriteAllText([IO.Path]::Combine($buffer, $name), 'x') }
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0 -Credential (New-Password 'sesame')
        $session = New-TentacleSession 127.0.0.1 -Port $server.Port -Credential (New-Password 'sesame') -Name tabbed

        function Complete($Line) { [System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches | ForEach-Object { $_.CompletionText } }
    }

    AfterAll {
        Remove-TentacleSession $session
        Stop-TentacleServer $server
    }

    It 'is piped to a test and to a listing with all that it knows' {
        ($session | Test-TentacleServer).Step | Should -Be 'Name', 'Port', 'Authentication', 'Listing', 'Storage'
        $session | Test-TentacleServer -Quiet | Should -BeTrue
        Test-TentacleServer -Session tabbed -Quiet | Should -BeTrue
        "127.0.0.1:$($server.Port)" | Test-TentacleServer -Credential (New-Password 'sesame') -Quiet | Should -BeTrue
        @($session | Get-TentacleFile) | Should -HaveCount 3
    }

    It 'completes the names of its files' {
        Complete 'Remove-TentacleFile -Session tabbed -Name a' | Should -Be 'a.1.data', "'agent one.2.data'"
        Complete 'Receive-TentacleBuffer -Session tabbed -Destination . -Name c' | Should -Be 'c.3.tmp'
        Complete 'Get-TentacleFile -Session tabbed -Folder c' | Should -Be 'collections', 'commands', 'conf'
    }
}
