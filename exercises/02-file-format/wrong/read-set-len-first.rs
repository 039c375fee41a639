//! The buffer is made longer before the bytes are there.

impl BytesMutExt for BytesMut {
    fn read_exact_from(&mut self, file: &dyn File, offset: u64, size: usize) -> io::Result<()> {
        let end = offset.checked_add(size as u64);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        if self.spare_capacity_mut().len() < size {
            if size > UNCHECKED_SIZE_MAX && file.size()? < end {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.reserve(size);
        }

        let before = self.len();
        // SAFETY: there is none. Until the next line is through, these bytes hold nothing.
        unsafe { self.set_len(before + size) };
        file.read_exact_at(offset, &mut self[before..])
    }
}
