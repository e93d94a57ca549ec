BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
}

Describe 'Files at a server' {
    BeforeEach {
        $buffer = New-Folder
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        $session = New-TentacleSession 127.0.0.1 -Port $server.Port
    }

    AfterEach {
        Remove-TentacleSession $session
        Stop-TentacleServer $server
    }

    It 'are sent from the pipeline as paths, and arrive byte for byte' {
        1..3 | ForEach-Object { New-File "agent$_.176000000$_.data" "data $_" } | Send-TentacleFile -Session $session
        [IO.Directory]::GetFiles($buffer) | Should -HaveCount 3
        [IO.File]::ReadAllText([IO.Path]::Combine($buffer, 'agent2.1760000002.data')) | Should -BeExactly 'data 2'
    }

    It 'are sent from the pipeline as file objects' {
        1..3 | ForEach-Object { [IO.FileInfo] (New-File "agent$_.176000000$_.data" "data $_") } | Send-TentacleFile -Session $session
        [IO.Directory]::GetFiles($buffer) | Should -HaveCount 3
    }

    It 'are sent by wildcard, packed, under another name' {
        $one = New-File 'one.1.data' 'text'
        $sent = Send-TentacleFile ([IO.Path]::Combine([IO.Path]::GetDirectoryName($one), '*.data')) -Session $session -NewName 'two.2.data' -Compress -PassThru
        $sent.Name | Should -Be 'two.2.data'
        [IO.File]::ReadAllText([IO.Path]::Combine($buffer, 'two.2.data')) | Should -BeExactly 'text'
    }

    It 'are not sent with -WhatIf' {
        New-File 'a.1.data' 'x' | Send-TentacleFile -Session $session -WhatIf
        [IO.Directory]::GetFiles($buffer) | Should -HaveCount 0
    }

    It 'are listed oldest first with their time, and with their length where that is asked for' {
        [IO.File]::WriteAllText([IO.Path]::Combine($buffer, 'z.1000000000.data'), 'xx')
        [IO.File]::WriteAllText([IO.Path]::Combine($buffer, 'a.1000000100.data'), 'xxx')
        $files = Get-TentacleFile -Session $session -Detailed
        $files.Name | Should -Be 'z.1000000000.data', 'a.1000000100.data'
        $files | ForEach-Object { $_.Length } | Should -Be 2, 3
        $files[0].Time.ToUniversalTime().Second | Should -Be 40
        Get-TentacleFile -Session $session | Where-Object { $null -ne $_.Length } | Should -BeNullOrEmpty
        (Get-TentacleFile -Name 'a*' -Session $session).Name | Should -Be 'a.1000000100.data'
    }

    It 'are removed by pipeline, but not with -WhatIf' {
        foreach ($name in 'a.1.data', 'b.2.data', 'c.3.tmp') { [IO.File]::WriteAllText([IO.Path]::Combine($buffer, $name), 'x') }
        Get-TentacleFile -Session $session | Remove-TentacleFile -WhatIf
        [IO.Directory]::GetFiles($buffer) | Should -HaveCount 3
        Get-TentacleFile -ComputerName "127.0.0.1:$($server.Port)" | Where-Object Name -like '*.tmp' | Remove-TentacleFile
        (Get-TentacleFile -Session $session).Name | Should -Be 'a.1.data', 'b.2.data'
    }

    It 'are received by pipeline and gone from the buffer' {
        foreach ($name in 'a.1.data', 'b.2.data', 'c.3.data') { [IO.File]::WriteAllText([IO.Path]::Combine($buffer, $name), "content of $name") }
        $incoming = New-Folder
        $received = Get-TentacleFile -Session $session | Where-Object Name -ne 'b.2.data' | Receive-TentacleBuffer -Destination $incoming
        $received | Should -HaveCount 2
        [IO.File]::ReadAllText([IO.Path]::Combine($incoming, 'c.3.data')) | Should -BeExactly 'content of c.3.data'
        (Get-TentacleFile -Session $session).Name | Should -Be 'b.2.data'
    }

    It 'are copied with -Keep, and left with -WhatIf' {
        [IO.File]::WriteAllText([IO.Path]::Combine($buffer, 'a.1.data'), 'x')
        $incoming = New-Folder
        Receive-TentacleBuffer $incoming -Session $session -WhatIf
        [IO.Directory]::GetFiles($incoming) | Should -HaveCount 0
        (Receive-TentacleBuffer $incoming -Session $session -Keep).Name | Should -Be 'a.1.data'
        [IO.Directory]::GetFiles($buffer) | Should -HaveCount 1
        [IO.Directory]::GetFiles($incoming) | Should -HaveCount 1
    }

    It 'that are not there are errors of their own, and the others go on' {
        $good = New-File 'good.1.data' 'x'
        Send-TentacleFile '/nowhere/none.data', $good -Session $session -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | Should -HaveCount 1
        $problems[0].FullyQualifiedErrorId | Should -Be 'Tentacle.LocalFile,PandoraSync.Cmdlets.Files.SendTentacleFileCmdlet'
        [IO.Directory]::GetFiles($buffer) | Should -HaveCount 1
        Get-TentacleFile -Name 'none.data' -Session $session -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'Tentacle.NotFound,*'
        $problems[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'with unsafe names are never sent' {
        { New-File 'a$b.1.data' 'x' | Send-TentacleFile -Session $session -ErrorAction Stop } | Should -Throw "*it has the character '`$', which is unsafe for some servers.*"
        [IO.Directory]::GetFiles($buffer) | Should -HaveCount 0
    }
}

Describe 'Folders that a server filters into' {
    It 'are listed by their usual names' {
        $server = Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0 -Filter '.*\.conf:conf', '.*\.md5:md5'
        try {
            New-File 'agent.conf' 'x' | Send-TentacleFile -ComputerName 127.0.0.1 -Port $server.Port
            (Get-TentacleFile -Folder conf -ComputerName 127.0.0.1 -Port $server.Port).Name | Should -Be 'agent.conf'
            Get-TentacleFile -ComputerName 127.0.0.1 -Port $server.Port | Should -BeNullOrEmpty
            { Get-TentacleFile -Folder strange -ComputerName 127.0.0.1 -Port $server.Port } | Should -Throw "*'strange' is not one of the usual folders*"
        }
        finally {
            Stop-TentacleServer $server
        }
    }
}
