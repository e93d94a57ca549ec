BeforeAll {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'artifacts', 'module', 'PandoraSync'))

    function New-Folder { [IO.Directory]::CreateDirectory([IO.Path]::Combine([string] $TestDrive, [guid]::NewGuid().ToString('N'))).FullName }
    function New-File($Name, $Text) { $path = [IO.Path]::Combine((New-Folder), $Name); [IO.File]::WriteAllText($path, $Text); $path }
    function New-Password($Text) {
        $secret = [securestring]::new()
        foreach ($c in $Text.ToCharArray()) { $secret.AppendChar($c) }
        [pscredential]::new('any', $secret)
    }
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
            $problems | ForEach-Object { $_.FullyQualifiedErrorId } | Should -Be 'Tentacle.AuthenticationFailed,PandoraSync.Cmdlets.File.RemoveTentacleFileCmdlet'
            [IO.Directory]::GetFiles($buffer) | ForEach-Object { [IO.Path]::GetFileName($_) } | Should -Be 'b.2.data'
        }
        finally {
            Stop-TentacleServer $server
        }
    }
}

Describe 'Names that a server chose' {
    BeforeAll {
        # Lists a file that is called '*'; for any other question it has nothing to give.
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $asked = [Collections.Concurrent.ConcurrentQueue[string]]::new()
        $hostile = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $hostile.AddScript({
            param($listener, $asked)
            try {
                while ($true) {
                    $client = $listener.AcceptTcpClient()
                    try {
                        $stream = $client.GetStream()
                        $reader = [IO.StreamReader]::new($stream)
                        while ($null -ne ($line = $reader.ReadLine())) {
                            $asked.Enqueue($line)
                            $answer = switch -Wildcard ($line) {
                                'LS <*' { "LS SIZE 11`n" }
                                'LS OK' { "*`nb.2.data`n" }
                                'RECV <*' { "RECV ERR (file does not exist)`n" }
                                'MV <*' { "MV ERR (file does not exist)`n" }
                                default { '' }
                            }
                            if ($line -eq 'QUIT') { break }
                            $bytes = [Text.Encoding]::ASCII.GetBytes($answer)
                            $stream.Write($bytes, 0, $bytes.Length)
                        }
                    }
                    catch { $asked.Enqueue("broken: $_") }
                    finally { $client.Dispose() }
                }
            }
            catch [Net.Sockets.SocketException] { }
        }).AddArgument($listener).AddArgument($asked)
        $running = $hostile.BeginInvoke()
        $at = @{ ComputerName = '127.0.0.1'; Port = $port; RetryCount = 0 }
    }

    AfterAll {
        $listener.Stop()
        $hostile.EndInvoke($running)
        $hostile.Dispose()
    }

    It 'are no wildcards for Remove-TentacleFile' {
        Get-TentacleFile @at | Where-Object IsSafe -eq $false | Remove-TentacleFile -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | ForEach-Object { $_.FullyQualifiedErrorId } | Should -Be 'Tentacle.BadName,PandoraSync.Cmdlets.File.RemoveTentacleFileCmdlet'
        $asked | Should -Not -Contain 'MV <b.2.data>'
    }

    It 'are no wildcards for Receive-TentacleBuffer' {
        Get-TentacleFile @at | Where-Object IsSafe -eq $false | Receive-TentacleBuffer (New-Folder) -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        $problems | ForEach-Object { $_.FullyQualifiedErrorId } | Should -Be 'Tentacle.BadName,PandoraSync.Cmdlets.Buffer.ReceiveTentacleBufferCmdlet'
        $asked | Should -Not -Contain 'RECV <b.2.data>'
    }
}

Describe 'A file that is asked for by its name' {
    It 'and is not there is an error; one that a wildcard does not find is none' {
        $buffer = New-Folder
        [IO.File]::WriteAllText([IO.Path]::Combine($buffer, 'a.1.data'), 'x')
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        try {
            $received = Receive-TentacleBuffer (New-Folder) 'none.data', 'a.1.data', 'z*' -ComputerName 127.0.0.1 -Port $server.Port -ErrorAction SilentlyContinue -ErrorVariable problems
            $received.Name | Should -Be 'a.1.data'
            $problems | ForEach-Object { "$_" } | Should -Be "127.0.0.1:$($server.Port) has no file 'none.data'."
            $problems[0].FullyQualifiedErrorId | Should -BeLike 'Tentacle.NotFound,*'
        }
        finally {
            Stop-TentacleServer $server
        }
    }
}
